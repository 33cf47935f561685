/** The part of a decision that a badge shows. */
import type { DecisionWithFeedback } from 'signalbox';
import { shortName } from '../../shared/format.js';
import { lampOf, priceFigure, qualityFigure } from '../../shared/words.js';
import { hasList, listedOn, namesOn } from '../chats/index.js';
import type { NoSuggestion, PageFacts, Suggestion } from '../messages.js';
import type { Site, Stored } from '../stored/schema.js';
import { currentOn } from './current.js';
import type { Engine } from './engine.js';
import { verdictOf } from './verdict.js';

function failureWords(error: unknown): string {
  const code = (error as { code?: string } | undefined)?.code;
  if (code === 'no_candidate') return 'No model is left to choose from. Check the settings.';
  return 'The router could not be started. The side panel shows the error.';
}

/** The site as a decision sees it. */
interface Here {
  site: Site;
  /** The site's own names, without what the page shows as the current model: only these are for links. */
  names: Site['names'];
  /** The model that the user is on. */
  current: string | null;
  /** Whether the site's names are those in a picker, rather than in addresses. */
  isListed: boolean;
}

/** Without feedback: someone who takes over a page's script sees what a badge shows, and could ask for it prompt by prompt. */
function suggestionOf(
  decision: DecisionWithFeedback,
  { site, names, current, isListed }: Here,
): Suggestion | NoSuggestion {
  const { choice, resemblance, price } = decision.reasons;
  const whyOf = (...sentences: readonly string[]) => sentences.filter((sentence) => sentence !== '');
  const lamp = lampOf(decision);
  // What was picked would be a guess.
  if (lamp === 'stop' || lamp === 'dark') return { kind: 'none', lamp, why: whyOf(resemblance) };
  const { model } = decision;
  const nameIn = (those: Site['names'], of: string) => (Object.hasOwn(those, of) ? (those[of] ?? null) : null);
  const labelOf = (of: string) => (isListed ? nameIn(site.names, of) : null) ?? shortName(of);
  const verdict = lamp === 'caution' ? 'unsure' : verdictOf(decision, current, site.pays === 'use');
  return {
    kind: 'suggestion',
    verdict,
    model,
    label: labelOf(model),
    siteModel: nameIn(names, model),
    current: current === null ? null : labelOf(current),
    // Without the interval, which the badge does not show.
    quality: { ...qualityFigure(decision), note: '' },
    price: site.pays === 'use' ? priceFigure(decision) : null,
    lamp,
    why: verdict === 'stay' ? whyOf(resemblance) : whyOf(choice, resemblance, price),
  };
}

export async function suggest(
  engine: Pick<Engine, 'decide' | 'resolve'>,
  text: string,
  stored: Pick<Stored, 'settings' | 'index'>,
  site: Site,
  page?: PageFacts,
): Promise<Suggestion | NoSuggestion> {
  try {
    const current = await currentOn(site, page, engine, stored.index);
    const names = namesOn(page?.chat, site.names);
    // The user has the model that is on, whether or not it is in a list.
    const isMissing = current !== null && Object.keys(names).length > 0 && !Object.hasOwn(names, current);
    const here = {
      ...site,
      names: isMissing ? { ...names, [current]: page?.picked ?? shortName(current) } : names,
      listed: listedOn(page?.chat, site.names),
    };
    const { decision } = await engine.decide(text, stored, here);
    return suggestionOf(decision, { site: here, names, current, isListed: hasList(page?.chat) });
  } catch (error) {
    return { kind: 'none', lamp: 'none', why: [failureWords(error)] };
  }
}
