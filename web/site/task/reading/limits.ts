/** What is taken of a task: a page has one device's memory. */
export const MOST_PROMPTS = 20_000;
export const MOST_BYTES = 50_000_000;

/** Said where there was more. */
export const CUT_NOTICE = `Only the first ${MOST_PROMPTS.toLocaleString('en')} prompts are taken.`;
