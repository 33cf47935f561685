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

/**
 * Returns the index's name of the model that a picker shows: the one with the longest of its names in the text, as whole
 * words. `undefined` if there is none, if two models have it, or if the text says more than a name.
 */
export function modelShown(models: readonly OfferedModel[], text: string): string | undefined {
  const shown = wordsOf(text);
  const found = models.flatMap(({ label, model, shownAs = [] }) =>
    [label, ...shownAs].map(wordsOf).flatMap((words) => (shown.includes(words) ? [{ model, words }] : [])),
  );
  const longest = Math.max(...found.map(({ words }) => words.length));
  const [first, ...others] = found.filter(({ words }) => words.length === longest);
  if (first === undefined || others.some(({ model }) => model !== first.model)) return undefined;
  const rest = shown.replace(first.words, ' ').split(' ');
  return rest.every((word) => word === '' || BESIDE.test(word)) ? first.model : undefined;
}
