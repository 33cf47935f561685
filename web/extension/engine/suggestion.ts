/** What a badge shows of a decision. */
import type { DecisionWithFeedback } from 'signalbox';
import { confidenceWords, coverageWords, lampOf } from '../../shared/words.js';
import type { NoSuggestion, Suggestion } from '../messages.js';
import type { Site, Stored } from '../stored/schema.js';
import type { Engine } from './engine.js';

function failureWords(error: unknown): string {
  const code = (error as { code?: string } | undefined)?.code;
  if (code === 'no_candidate') return 'No model is left to choose from: see the settings.';
  return 'The router could not be started: the side panel says why.';
}

/**
 * The sentences without a word of what the person judged, which the panel has: somebody who takes over a page's script
 * hears what a badge shows, and could ask for it prompt by prompt.
 */
function whyOf(decision: DecisionWithFeedback): string[] {
  const { reason, feedbackReason, bestSingleModel } = decision;
  const ofBenchmark = reason.slice(0, reason.length - feedbackReason.length).trimEnd();
  return [ofBenchmark, coverageWords({ ...decision, challenger: bestSingleModel }), confidenceWords(decision)];
}

export async function suggest(
  engine: Engine,
  text: string,
  stored: Pick<Stored, 'settings' | 'index'>,
  site: Site,
): Promise<Suggestion | NoSuggestion> {
  try {
    const { decision } = await engine.decide(text, stored, site);
    const { model, ranking, price } = decision;
    return {
      kind: 'suggestion',
      model,
      siteModel: Object.hasOwn(site.names, model) ? (site.names[model] ?? null) : null,
      // As it is shown: finer digits would tell more.
      pCorrect: Math.round(100 * (ranking.find((ranked) => ranked.model === model)?.pCorrect ?? 0)) / 100,
      usdPerMTok: price.usdPerMTok,
      lamp: lampOf(decision),
      why: whyOf(decision),
    };
  } catch (error) {
    return { kind: 'none', why: failureWords(error) };
  }
}
