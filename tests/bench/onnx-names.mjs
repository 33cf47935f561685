// What the page, the workers and the command of the embedders' benchmark agree on.

/** The model as a hub on this machine calls it: both sides then fetch the same addresses, and keep what they fetched. */
export const MODEL = 'bench/mpnet';

/** <s> and </s> around a text. */
export const SPECIAL_TOKENS = 2;
