/**
 * Reads the vocabulary of a tokenizer.json apart from the rest. `JSON.parse` makes an object with a key for each token,
 * which the tokenizer library turns into a map: together that takes longer than all else that opening an embedder takes.
 */
import type { Tokenizer } from '@huggingface/tokenizers';
import { isObject } from '../files/fields.js';

/** Tokens and their numbers, in the order of the file. */
export interface Vocabulary {
  tokens: string[];
  ids: number[];
}

/** The value of a tokenizer.json. With a vocabulary, that of its model is empty. */
export interface TokenizerFile {
  json: unknown;
  vocabulary?: Vocabulary | undefined;
}

/** The beginning of an object that is the value of the key `vocab`. Inside a string its quotes would have backslashes. */
const START = /[{,][ \t\n\r]*"vocab"[ \t\n\r]*:[ \t\n\r]*\{/g;

/** A token, its number, and what follows. */
const ENTRY = /[ \t\n\r]*"((?:[ !#-[\]-\uffff]|\\.)*)"[ \t\n\r]*:[ \t\n\r]*(0|[1-9][0-9]{0,8})[ \t\n\r]*([,}])/y;

/** Reads entries from `at` on; returns where they end. Errors: that of `JSON.parse` for an invalid escape. */
function scan(text: string, at: number, { tokens, ids }: Vocabulary): number | undefined {
  ENTRY.lastIndex = at;
  for (;;) {
    const entry = ENTRY.exec(text);
    if (entry === null) return undefined;
    const [, raw = '', id, next] = entry;
    tokens.push(raw.includes('\\') ? JSON.parse(`"${raw}"`) : raw);
    ids.push(Number(id));
    if (next === '}') return ENTRY.lastIndex;
  }
}

/** Returns the file with its vocabulary apart; `undefined` for any other model or text than a WordPiece model's. */
function readApart(text: string): TokenizerFile | undefined {
  const [start, ...others] = text.matchAll(START);
  if (start === undefined || others.length > 0) return undefined;
  const at = start.index + start[0].length;
  const vocabulary: Vocabulary = { tokens: [], ids: [] };
  const end = scan(text, at, vocabulary);
  if (end === undefined) return undefined;
  const json: unknown = JSON.parse(`${text.slice(0, at)}${text.slice(end - 1)}`);
  const model = isObject(json) ? json.model : undefined;
  const isRead = isObject(model) && model.type === 'WordPiece' && isObject(model.vocab);
  return isRead ? { json, vocabulary } : undefined;
}

/** Parses a tokenizer.json. Errors: those of `JSON.parse`. */
export function parseTokenizer(text: string): TokenizerFile {
  try {
    return readApart(text) ?? { json: JSON.parse(text) };
  } catch {
    return { json: JSON.parse(text) }; // Throws for the whole text, with a place in it.
  }
}

/** Gives a vocabulary to the tokenizer that was opened without it, as the library's constructor would have. */
export function addVocabulary({ model }: Tokenizer, { tokens, ids }: Vocabulary): void {
  if (model === null) return;
  const numbers = new Map<string, number>();
  // Without iterators and their pairs: this runs once, before an engine has optimised them.
  for (let i = 0; i < tokens.length; ++i) numbers.set(tokens[i] as string, ids[i] as number);
  const names = new Array<string>(numbers.size);
  numbers.forEach((id, token) => {
    names[id] = token;
  });
  const unknown = model.unk_token === undefined ? undefined : numbers.get(model.unk_token);
  if (unknown !== undefined) model.unk_token_id = unknown;
  // The tokens of the file's own list come last, and hold.
  for (const [token, id] of model.tokens_to_ids) {
    numbers.set(token, id);
    names[id] = token;
  }
  model.tokens_to_ids = numbers;
  model.vocab = names;
}

/** Returns the least number that is above all ids. */
export const endOf = ({ ids }: Vocabulary) => ids.reduce((end, id) => Math.max(end, id + 1), 0);
