/** The models of a plan, and the model that a picker shows. */
import type { Offer, OfferedModel } from './chat.js';

/** Returns the models of a plan and of the smaller ones; without a plan that the chat has, all of them. */
export function offeredIn({ plans, models }: Offer, plan: string | null): readonly OfferedModel[] {
  const size = plan === null ? -1 : plans.indexOf(plan);
  return size === -1 ? models : models.filter((model) => plans.indexOf(model.plan) <= size);
}

/** Writes names alike: "claude-opus-5-5", "Claude Opus 5.5" and "Claude-Opus-5.5 (thinking)" begin with the same words. */
const wordsOf = (name: string) =>
  ` ${name
    .toLowerCase()
    .replace(/(?<!\d)(\d{1,2})-(\d{1,2})(?!\d)/g, '$1.$2')
    .replace(/[^\p{L}\p{N}.]+/gu, ' ')
    .trim()} `;

/** Words that may stand beside a name without making it another model: makers, ways of working, dates. */
const BESIDE =
  /^(anthropic|openai|google|xai|mistral|mistralai|deepseek|moonshotai|qwen|claude|gemini|grok|thinking|extended|adaptive|reasoning|effort|auto|low|medium|high|xhigh|extra|max|standard|latest|new|beta|model|with|and|no|\d{3,8}|\d\d\.\d\d)$/;

/** A name of a model, as `wordsOf` writes it. */
interface Called {
  model: string;
  words: string;
}

/** Returns those with the longest name in a text, as whole words. A name of symbols only has none. */
function longestIn(shown: string, all: readonly Called[]): readonly Called[] {
  const found = all.filter(({ words }) => words.trim() !== '' && shown.includes(words));
  const longest = Math.max(...found.map(({ words }) => words.length));
  return found.filter(({ words }) => words.length === longest);
}

/**
 * Returns the index's name of the model that a picker shows: the one with the longest label in the text, as whole words, or
 * else the longest of the other names. `undefined` if there is none, if two models have it, or if the text says more than a
 * name; the other names of a model may stand beside its label.
 */
export function modelShown(models: readonly OfferedModel[], text: string): string | undefined {
  const shown = wordsOf(text);
  const labels = models.map(({ label, model }) => ({ model, words: wordsOf(label) }));
  const aliases = models.flatMap(({ model, shownAs = [] }) => shownAs.map((name) => ({ model, words: wordsOf(name) })));
  const labelled = longestIn(shown, labels);
  const [first, ...others] = labelled.length > 0 ? labelled : longestIn(shown, aliases);
  if (first === undefined || others.some(({ model }) => model !== first.model)) return undefined;
  const own = new Set(aliases.filter(({ model }) => model === first.model).flatMap(({ words }) => words.split(' ')));
  const rest = shown.replace(first.words, ' ').split(' ');
  return rest.every((word) => word === '' || own.has(word) || BESIDE.test(word)) ? first.model : undefined;
}
