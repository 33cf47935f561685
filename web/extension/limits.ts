/** Longer texts are cut before they are sent: the embedder reads the beginning. */
export const MOST_CHARACTERS = 8000;
