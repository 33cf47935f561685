/**
 * A link that shows a card again. Its fragment, which browsers send to no server, holds the figures. Whoever opens a link gets
 * it from a stranger: everything in it is checked, and its words are only names.
 */
import type { Bounded } from 'signalbox/build';
import { type CardFigures, MOST_FAMILIES, MOST_PICKS, MOST_SETTINGS } from './figures.js';

const NAME = 'result';
const VERSION = 1;
/** Longer links are not read. */
const MOST_CHARACTERS = 6000;
const LONGEST_NAME = 120;
const MOST_ROWS = 100_000;
const MOST_USD = 1e9;

/** Encodes a text as base64url. */
function encode(text: string): string {
  const characters = Array.from(new TextEncoder().encode(text), (byte) => String.fromCharCode(byte)).join('');
  return btoa(characters).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');
}

function decode(text: string): string {
  const characters = atob(text.replaceAll('-', '+').replaceAll('_', '/'));
  return new TextDecoder('utf-8', { fatal: true }).decode(Uint8Array.from(characters, (one) => one.charCodeAt(0)));
}

/** Shortens a name to what a link may carry, without half a character at its end. */
const carried = (name: string) => name.slice(0, LONGEST_NAME).replace(/[\uD800-\uDBFF]$/, '');
const listOf = ({ value, low, high }: Bounded) => [value, low, high];

/** Returns the fragment for a card, with its `#`. */
export function fragmentOf({ rows, graded, baseline, picks, points, usdPer1000, saved, ...rest }: CardFigures): string {
  const parts = [
    VERSION,
    rows,
    graded ? 1 : 0,
    [carried(baseline.model), baseline.usdPer1000],
    picks.map(({ model, share }) => [carried(model), share]),
    listOf(points),
    usdPer1000 && listOf(usdPer1000),
    saved && listOf(saved),
    rest.curve,
    rest.families.map(({ name, share, pick }) => [carried(name), share, carried(pick)]),
  ];
  return `#${NAME}=${encode(JSON.stringify(parts))}`;
}

class Unreadable extends Error {}

function wanted(isRight: boolean, what: string): asserts isRight {
  if (!isRight) throw new Unreadable(what);
}

function numberIn(value: unknown, low: number, high: number, what: string): number {
  wanted(typeof value === 'number' && value >= low && value <= high, `expected ${what} from ${low} to ${high}`);
  return value;
}

/** Returns the name as it is: control characters, halves of characters and marks of direction are refused. */
function nameIn(value: unknown, what: string): string {
  const isName =
    typeof value === 'string' && value !== '' && value.length <= LONGEST_NAME && !/[\p{C}\p{Zl}\p{Zp}]/u.test(value);
  wanted(isName, `expected ${what} of 1 to ${LONGEST_NAME} printable characters`);
  return value;
}

function listIn(value: unknown, most: number, what: string): unknown[] {
  wanted(Array.isArray(value) && value.length <= most, `expected at most ${most} ${what}`);
  return value;
}

function boundsIn(value: unknown, least: number, most: number, what: string): Bounded {
  const [middle, low, high] = listIn(value, 3, 'bounds').map((one) => numberIn(one, least, most, what)) as number[];
  const isOrdered = middle !== undefined && low !== undefined && high !== undefined && low <= middle && middle <= high;
  wanted(isOrdered, `expected ${what} within its interval`);
  return { value: middle, low, high };
}

const sharesIn = (all: readonly { share: number }[], what: string) =>
  wanted(all.reduce((sum, { share }) => sum + share, 0) <= 1.01, `expected ${what} that sum to at most 1`);

function figuresIn(parts: unknown): CardFigures {
  const [version, rows, graded, baseline, picks, points, usd, saved, curve, families, ...others] = listIn(
    parts,
    10,
    'parts',
  );
  wanted(version === VERSION, `expected version ${VERSION}`);
  wanted(graded === 0 || graded === 1, 'expected 0 or 1 for graded');
  wanted(others.length === 0, 'expected nothing more');
  const [model, baselineUsd, ...more] = listIn(baseline, 2, 'parts of the baseline');
  wanted(more.length === 0, 'expected nothing more');
  const found: CardFigures = {
    rows: numberIn(rows, 1, MOST_ROWS, 'prompts'),
    graded: graded === 1,
    baseline: {
      model: nameIn(model, 'the name of a model'),
      usdPer1000: baselineUsd === null ? null : numberIn(baselineUsd, 0, MOST_USD, 'US dollars'),
    },
    picks: listIn(picks, MOST_PICKS, 'models').map((pick) => {
      const [name, share] = listIn(pick, 2, 'parts of a pick');
      return { model: nameIn(name, 'the name of a model'), share: numberIn(share, 0, 1, 'a share') };
    }),
    points: boundsIn(points, -100, 100, 'points'),
    usdPer1000: usd === null ? null : boundsIn(usd, 0, MOST_USD, 'US dollars'),
    saved: saved === null ? null : boundsIn(saved, -MOST_USD, 1, 'a share'),
    curve: listIn(curve, MOST_SETTINGS, 'settings').map((setting) => {
      const [cost, gain] = listIn(setting, 2, 'parts of a setting');
      return [numberIn(cost, 0, MOST_USD, 'US dollars'), numberIn(gain, -100, 100, 'points')] as const;
    }),
    families: listIn(families, MOST_FAMILIES, 'families').map((family) => {
      const [name, share, pick] = listIn(family, 3, 'parts of a family');
      return {
        name: nameIn(name, 'the name of a family'),
        share: numberIn(share, 0, 1, 'a share'),
        pick: nameIn(pick, 'the name of a model'),
      };
    }),
  };
  wanted(Number.isInteger(found.rows), 'expected a whole number of prompts');
  wanted(found.picks.length > 0, 'expected a model');
  sharesIn(found.picks, 'shares of the models');
  sharesIn(found.families, 'shares of the families');
  return found;
}

/** Returns what a fragment shows: `undefined` if it is of something else, or why its card cannot be shown. */
export function readResult(fragment: string): { figures: CardFigures } | { problem: string } | undefined {
  const start = `#${NAME}=`;
  if (!fragment.startsWith(start)) return undefined;
  if (fragment.length > MOST_CHARACTERS) {
    return { problem: `it has ${fragment.length} characters, expected at most ${MOST_CHARACTERS}` };
  }
  try {
    return { figures: figuresIn(JSON.parse(decode(fragment.slice(start.length)))) };
  } catch (error) {
    return { problem: error instanceof Unreadable ? error.message : 'it is damaged' };
  }
}
