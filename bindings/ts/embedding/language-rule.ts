/**
 * The rule that tells languages apart, with its lists of words. A page may load it on demand, in place of this module; in a
 * package a dynamic import would keep bundlers from making classic workers.
 */
import { languageOf } from './language.js';

export type LanguageRule = typeof languageOf;

/** Returns `languageOf`. */
export const loadRule = async (): Promise<LanguageRule> => languageOf;
