/** The models that a chat offers, and those of them that the user has. */
import { shortName } from '../../shared/format.js';
import { CHATS, listedOn, namesOn, type Offer, offeredIn } from '../chats/index.js';
import type { SiteNow } from '../engine/engine.js';
import { NEW_SITE, type Site } from '../stored/schema.js';

/** Chats with sites of their own, which the user can tick. */
export const KNOWN = CHATS.filter(({ homes }) => homes.length > 0);

export type Known = (typeof KNOWN)[number];

/** Returns the chat that has a site of its own at this origin. */
export const chatAt = (origin: string): Known | undefined => KNOWN.find(({ homes }) => homes.includes(origin));

/**
 * Returns a site as decisions see it: if the user ticked none of a chat's models, with all of them; and with the model that
 * the user is on, whether or not it is in a list.
 */
export function siteFor(origin: string, site: Site, current: string | null = null): SiteNow {
  const chat = chatAt(origin)?.name;
  const names = namesOn(chat, site.names);
  const isMissing = current !== null && Object.keys(names).length > 0 && !Object.hasOwn(names, current);
  return {
    ...site,
    names: isMissing ? { ...names, [current]: shortName(current) } : names,
    listed: listedOn(chat, site.names),
  };
}

/** Returns the name of a site: that of its chat, or else its address. */
export const siteName = (origin: string): string => chatAt(origin)?.label ?? new URL(origin).host;

/** Returns the names in a plan, by the index's names of the models. */
export const namesIn = (offer: Offer, plan: string): Site['names'] =>
  Object.fromEntries(
    offeredIn(offer, plan)
      .map(({ model, label }) => [model, label] as const)
      .reverse(), // If several names are one model, the first one stays.
  );

/** Returns the plans of a chat in which there are models to choose from. */
export const plansOf = (offer: Offer): readonly string[] =>
  offer.plans.filter((plan) => offeredIn(offer, plan).length > 0);

/** Returns the plan with exactly the models that a site has; `undefined` if there is none. */
export function planOf(offer: Offer, { names }: Site): string | undefined {
  const has = Object.keys(names).sort().join('\n');
  return plansOf(offer).find((plan) => Object.keys(namesIn(offer, plan)).sort().join('\n') === has);
}

/** Returns the settings of a site that the user has just ticked: the models of the smallest plan. */
export function newSiteAt(origin: string): Site {
  const offer = chatAt(origin)?.offer;
  if (offer === undefined) return NEW_SITE;
  const [plan = ''] = plansOf(offer);
  return { ...NEW_SITE, pays: 'plan', names: namesIn(offer, plan) };
}

const MONTH = new Intl.DateTimeFormat('en', { month: 'long', year: 'numeric', timeZone: 'UTC' });

/** Formats the month of a list, "October 2026" for example. */
export const monthWords = (asOf: string) => MONTH.format(new Date(`${asOf}-01T00:00:00Z`));
