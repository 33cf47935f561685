/** What a badge shows of a decision. */
import { confidenceWords, coverageWords, lampOf } from '../../shared/words.js';
import type { NoSuggestion, Suggestion } from '../messages.js';
import type { Site, Stored } from '../stored/schema.js';
import type { Engine } from './engine.js';

function failureWords(error: unknown): string {
  const code = (error as { code?: string } | undefined)?.code;
  if (code === 'no_candidate') return 'No model is left to choose from: see the settings.';
  return 'The router could not be started: the side panel says why.';
}

/** Somebody who takes over a page's script hears what a badge shows: it has no word of what the person judged, which the panel has. */
const OF_JUDGEMENTS = / Your (\d+ )?judgements? of .*$|, after what was said of it(?=, or|\.)/s;

export async function suggest(
  engine: Engine,
  text: string,
  stored: Pick<Stored, 'settings' | 'index'>,
  site: Site,
): Promise<Suggestion | NoSuggestion> {
  try {
    const { decision } = await engine.decide(text, stored, site);
    const { model, ranking, price, reason } = decision;
    return {
      kind: 'suggestion',
      model,
      siteModel: Object.hasOwn(site.names, model) ? (site.names[model] ?? null) : null,
      // As it is shown: finer digits would tell more.
      pCorrect: Math.round(100 * (ranking.find((ranked) => ranked.model === model)?.pCorrect ?? 0)) / 100,
      usdPerMTok: price.usdPerMTok,
      lamp: lampOf(decision),
      why: [reason, coverageWords(decision), confidenceWords(decision)].map((words) =>
        words.replace(OF_JUDGEMENTS, ''),
      ),
    };
  } catch (error) {
    return { kind: 'none', why: failureWords(error) };
  }
}
