// Shared by the tests of the default index and tests/bench/everyday.mjs: prompts as people type them, and what a
// decision about one promises.
import { readFileSync } from 'node:fs';

/** Settings of the dial, dearest first. */
export const SETTINGS = ['best', 'balanced', 'cheap'];
/** A model is current if it was released in this year or later. */
export const CURRENT_SINCE = '2025';
/** Percentile of the distance above which the lamp is amber, as in web/shared/words.ts. */
const CAUTION = 90;

const fixture = (name) => {
  const lines = readFileSync(new URL(`../../fixtures/${name}`, import.meta.url), 'utf8').split('\n');
  return lines.filter(Boolean).map((line) => JSON.parse(line));
};

/**
 * Returns the everyday prompts: `id`, `prompt`, acceptable `kinds`, `expect` (`covered`, `red_or_dark`, or `any` where
 * nothing is promised), and `group`, the group of prompts for which that is a condition (`null`: an expectation only).
 */
export const everydayPrompts = () => fixture('everyday.jsonl');

/** Returns pairs of an easy and a hard prompt. */
export const difficultyPairs = () => fixture('difficulty.jsonl');

/** Returns the lamp of a decision: green, amber, red, or dark if the prompt could not be read. */
export function lampOf({ coverage, fallbackReason }) {
  if (fallbackReason === 'unread' || fallbackReason === 'empty_prompt') return 'dark';
  if (coverage.outOfCoverage) return 'red';
  return coverage.percentile <= CAUTION ? 'green' : 'amber';
}

/** Returns whether the lamp keeps what a fixture expects. */
export function meets(expect, lamp) {
  const outside = lamp === 'red' || lamp === 'dark';
  if (expect === 'dark') return lamp === 'dark';
  return expect === 'any' || (expect === 'red_or_dark' ? outside : !outside);
}

/** Returns the price that decides: of an answer where it is known, else of a million tokens. */
export const priceOf = ({ usdPerAnswer, usdPerMTok }) => usdPerAnswer ?? usdPerMTok ?? null;

/** Returns the entry of the pick in the ranking. */
export const pickOf = ({ ranking, model }) => ranking.find((ranked) => ranked.model === model);

/** Returns the models of the ranking that cost less than the pick and are predicted to be right at least as often. */
export function cheaperMatches(decision) {
  const pick = pickOf(decision);
  const limit = priceOf(pick);
  const matches = ({ pCorrect, ...ranked }) => {
    const price = priceOf(ranked);
    return price !== null && limit !== null && price < limit && pCorrect >= pick.pCorrect;
  };
  return decision.ranking.filter(matches).map(({ model }) => model);
}

/** Returns how easy a prompt is taken to be: the mean over all models of the predicted correctness. */
export function easeOf({ ranking }) {
  return ranking.reduce((sum, { pCorrect }) => sum + pCorrect, 0) / ranking.length;
}

/** Returns the names of the kinds that a decision tells, likeliest first, as the fixtures write them. */
export const kindsOf = ({ kinds }) => (kinds ?? []).map(({ name }) => name.replace(/^everyday\//, ''));

/** Returns the release date of every model that has one, by name. */
export function releases({ models }) {
  const dated = models.filter(({ record }) => record?.released);
  return new Map(dated.map(({ name, record }) => [name, record.released]));
}
