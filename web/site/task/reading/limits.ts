/** Limits for a task, since a page has limited memory. */
export const MOST_PROMPTS = 20_000;
export const MOST_BYTES = 50_000_000;

/** Shown if there were more prompts. */
export const CUT_NOTICE = `Only the first ${MOST_PROMPTS.toLocaleString('en')} prompts are used.`;
