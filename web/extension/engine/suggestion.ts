/** The part of a decision that a badge shows. */
import type { DecisionWithFeedback } from 'signalbox';
import { lampOf, priceFigure, qualityFigure } from '../../shared/words.js';
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
function whyOf({ reasons: { choice, resemblance, price } }: DecisionWithFeedback): string[] {
  return [choice, resemblance, price].filter((sentence) => sentence !== '');
}

export async function suggest(
  engine: Engine,
  text: string,
  stored: Pick<Stored, 'settings' | 'index'>,
  site: Site,
): Promise<Suggestion | NoSuggestion> {
  try {
    const { decision } = await engine.decide(text, stored, site);
    const { model } = decision;
    return {
      kind: 'suggestion',
      model,
      siteModel: Object.hasOwn(site.names, model) ? (site.names[model] ?? null) : null,
      // Without the interval, which the badge does not show.
      quality: { ...qualityFigure(decision), note: '' },
      price: priceFigure(decision),
      lamp: lampOf(decision),
      why: whyOf(decision),
    };
  } catch (error) {
    return { kind: 'none', why: failureWords(error) };
  }
}
