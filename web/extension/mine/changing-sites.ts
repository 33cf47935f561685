/** Adding, changing and removing sites. */
import { grant, patternOf, revoke } from '../sites.js';
import { originOf, type Site } from '../stored/schema.js';
import { rewrite, stored } from '../stored/stored-signals.js';
import { chatAt, newSiteAt } from './offered.js';

/** Adds a site after asking the browser for permission. Errors: sentences for the user. */
export async function addSite(typed: string): Promise<string> {
  const origin = originOf(typed);
  if (origin === undefined) {
    throw new Error(`Expected an address such as https://chat.example.com, got ${JSON.stringify(typed)}.`);
  }
  if (Object.hasOwn(stored.peek().sites, origin)) throw new Error(`${origin} is already one of your sites.`);
  // Comes first: after an `await` browsers no longer accept the click.
  if (!(await grant(origin))) throw new Error(`Permission denied. ${origin} was not added.`);
  await rewrite((now) => ({ ...now, sites: { ...now.sites, [origin]: newSiteAt(origin) } }));
  return origin;
}

export const changeSite = (origin: string, part: Partial<Site>) =>
  rewrite((now) => {
    const site = now.sites[origin];
    return site === undefined ? now : { ...now, sites: { ...now.sites, [origin]: { ...site, ...part } } };
  });

/** Changes the models that the user has on a site, as they are by then. The usual one stays only if it is among them. */
const changeNames = (origin: string, change: (names: Site['names']) => Site['names']) =>
  rewrite((now) => {
    const site = now.sites[origin];
    if (site === undefined) return now;
    const names = change(site.names);
    const usual = site.usual !== null && Object.hasOwn(names, site.usual) ? site.usual : null;
    return { ...now, sites: { ...now.sites, [origin]: { ...site, names, usual } } };
  });

/** Sets all the models that the user has on a site. */
export const setNames = (origin: string, names: Site['names']) => changeNames(origin, () => names);

/** Sets the site's name for a model; an empty name means that the site does not have it. */
export const nameModel = (origin: string, model: string, name: string) =>
  changeNames(origin, (names) => {
    const others = Object.entries(names).filter(([other]) => other !== model);
    // Unlike an assignment, fromEntries also accepts "__proto__" as a name.
    return Object.fromEntries(name === '' ? others : [...others, [model, name]]);
  });

/** Revokes the permissions of removed sites, except those that a remaining site needs. */
export async function revokeUnneeded(origins: readonly string[]): Promise<void> {
  const needed = new Set(Object.keys(stored.peek().sites).map(patternOf));
  for (const origin of origins) if (!needed.has(patternOf(origin))) await revoke(origin);
}

export async function removeSites(origins: readonly string[]): Promise<void> {
  await rewrite((now) => ({
    ...now,
    sites: Object.fromEntries(Object.entries(now.sites).filter(([origin]) => !origins.includes(origin))),
  }));
  await revokeUnneeded(origins);
}

export const removeSite = (origin: string) => removeSites([origin]);

/** Returns the origins at which the user has a chat: several, if the chat has moved, for example. */
export const originsOfChat = (name: string): readonly string[] =>
  Object.keys(stored.value.sites).filter((origin) => chatAt(origin)?.name === name);

/** Removes a chat with all its origins. */
export const removeChat = (name: string) => removeSites(originsOfChat(name));
