/** Sites, as a person adds, changes and removes them. */
import { grant, patternOf, revoke } from '../sites.js';
import { NEW_SITE, originOf, type Site } from '../stored/schema.js';
import { rewrite, stored } from '../stored/stored-signals.js';

/** Errors: sentences for people. */
export async function addSite(typed: string): Promise<string> {
  const origin = originOf(typed);
  if (origin === undefined) {
    throw new Error(`Expected an address such as https://chat.example.com, got ${JSON.stringify(typed)}.`);
  }
  if (Object.hasOwn(stored.peek().sites, origin)) throw new Error(`${origin} is among your sites already.`);
  // Nothing may be awaited before it, or the click does not count.
  if (!(await grant(origin))) throw new Error(`The browser was not given the permission: ${origin} is not added.`);
  await rewrite((now) => ({ ...now, sites: { ...now.sites, [origin]: NEW_SITE } }));
  return origin;
}

export const changeSite = (origin: string, part: Partial<Site>) =>
  rewrite((now) => {
    const site = now.sites[origin];
    return site === undefined ? now : { ...now, sites: { ...now.sites, [origin]: { ...site, ...part } } };
  });

/** An empty name: the site does not have the model. */
export const nameModel = (origin: string, model: string, name: string) =>
  rewrite((now) => {
    const site = now.sites[origin];
    if (site === undefined) return now;
    const others = Object.entries(site.names).filter(([other]) => other !== model);
    // fromEntries takes any name for its own, also "__proto__".
    const names = Object.fromEntries(name === '' ? others : [...others, [model, name]]);
    return { ...now, sites: { ...now.sites, [origin]: { ...site, names } } };
  });

/** Takes the browser's permission for sites that were, unless one that is needs the same. */
export async function revokeUnneeded(origins: readonly string[]): Promise<void> {
  const needed = new Set(Object.keys(stored.peek().sites).map(patternOf));
  for (const origin of origins) if (!needed.has(patternOf(origin))) await revoke(origin);
}

export async function removeSite(origin: string): Promise<void> {
  await rewrite((now) => ({
    ...now,
    sites: Object.fromEntries(Object.entries(now.sites).filter(([other]) => other !== origin)),
  }));
  await revokeUnneeded([origin]);
}
