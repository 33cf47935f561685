/** The part of a decision that a badge shows. */
import type { DecisionWithFeedback } from 'signalbox';
import { lampOf } from '../../shared/words.js';
import type { NoSuggestion, Suggestion } from '../messages.js';
import type { Site, Stored } from '../stored/schema.js';
import type { Engine } from './engine.js';

function failureWords(error: unknown): string {
  const code = (error as { code?: string } | undefined)?.code;
  if (code === 'no_candidate') return 'No model is left to choose from. Check the settings.';
  return 'The router could not be started. The side panel shows the error.';
}

/**
 * The sentences that don't depend on the user's feedback, which the panel shows: someone who takes over a page's script
 * sees what a badge shows, and could ask for it prompt by prompt.
 */
function whyOf({ reasons: { choice, price, resemblance } }: DecisionWithFeedback): string[] {
  return [choice, price, resemblance].filter((sentence) => sentence !== '');
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
      // Rounded as shown: more digits would reveal more to the page.
      pCorrect: Math.round(100 * (ranking.find((ranked) => ranked.model === model)?.pCorrect ?? 0)) / 100,
      usdPerMTok: price.usdPerMTok,
      lamp: lampOf(decision),
      why: whyOf(decision),
    };
  } catch (error) {
    return { kind: 'none', why: failureWords(error) };
  }
}
