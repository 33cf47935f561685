// Names that the page, the workers and the command of the embedders' benchmark share.

/** Name of the model on a hub on this machine: both sides fetch the same addresses and store the same files. */
export const MODEL = 'bench/mpnet';

/** The tokens <s> and </s> around a text. */
export const SPECIAL_TOKENS = 2;
