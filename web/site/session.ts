/** Keeps the prompt over a reload and Back, in the tab, and the settings for the next visit, in the browser. */
import { DEFAULT_SETTINGS, DIAL, type Settings } from '../shared/settings.js';

const PROMPT = 'signalbox-prompt';
const SETTINGS = 'signalbox-settings';

/** Calls `action`; storage may be turned off or full, and then nothing is kept. */
function tried<T>(action: () => T): T | undefined {
  try {
    return action();
  } catch {
    return undefined;
  }
}

/** Returns the prompt that this tab had; `undefined` if it has just been opened. */
export const keptPrompt = () => tried(() => sessionStorage.getItem(PROMPT)) ?? undefined;

export const keepPrompt = (text: string) => tried(() => sessionStorage.setItem(PROMPT, text));

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;

const isUsd = (value: unknown): value is number => typeof value === 'number' && value >= 0 && value <= 1e6;

/** Returns the parts of stored settings that are what they should be: another version may have stored them. */
export function readSettings(text: string): Settings {
  const stored: unknown = tried(() => JSON.parse(text));
  if (!isObject(stored)) return DEFAULT_SETTINGS;
  const { prefer, excluded, prices, pricedOnly } = stored;
  const ownPrices = Object.entries(isObject(prices) ? prices : {}).flatMap(([name, price]) => {
    const { in: low, out: high } = isObject(price) ? price : {};
    return isUsd(low) && isUsd(high) ? [[name, { in: low, out: high }] as const] : [];
  });
  return {
    prefer: DIAL.find((name) => name === prefer) ?? DEFAULT_SETTINGS.prefer,
    excluded: Array.isArray(excluded) ? excluded.filter((name): name is string => typeof name === 'string') : [],
    prices: Object.fromEntries(ownPrices),
    pricedOnly: pricedOnly === true,
  };
}

export function keptSettings(): Settings {
  const text = tried(() => localStorage.getItem(SETTINGS));
  return text === null || text === undefined ? DEFAULT_SETTINGS : readSettings(text);
}

export function keepSettings(settings: Settings): void {
  tried(() =>
    settings === DEFAULT_SETTINGS
      ? localStorage.removeItem(SETTINGS)
      : localStorage.setItem(SETTINGS, JSON.stringify(settings)),
  );
}
