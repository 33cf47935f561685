/** Finds the settings of a tokenizer.json that the tokenizer library ignores or applies in another way. */
import { type Fields, isObject } from '../files/fields.js';

const MODELS = ['WordPiece', 'WordLevel', 'Unigram', 'BPE'];

const partsOf = (value: unknown) => (Array.isArray(value) ? value.filter(isObject) : []);

/** Type of the model; older files leave it out. */
function typeOf({ type, vocab, merges, continuing_subword_prefix: prefix }: Fields): unknown {
  if (type !== undefined) return type;
  if (Array.isArray(vocab)) return 'Unigram';
  return prefix === undefined ? undefined : merges === undefined ? 'WordPiece' : 'BPE';
}

const isId = (id: unknown): id is number => Number.isInteger(id) && (id as number) >= 0;

/** Returns the ids of a vocabulary, with `undefined` for an entry that has none. */
function idsOf({ model, added_tokens: added }: Fields): unknown[] {
  const vocab = isObject(model) ? model.vocab : undefined;
  const isEntry = (entry: unknown) => Array.isArray(entry) && typeof entry[0] === 'string';
  const ids = Array.isArray(vocab)
    ? vocab.map((entry, i) => (isEntry(entry) ? i : undefined))
    : isObject(vocab)
      ? Object.values(vocab)
      : [undefined];
  return [...ids, ...partsOf(added).map(({ id }) => id)];
}

/** Returns the number of rows that a table needs for the tokens. */
export const tokenCount = (json: Fields) =>
  idsOf(json).reduce((most: number, id) => (isId(id) && id >= most ? id + 1 : most), 0);

/** Returns the parts that split a text before the model; a sequence has several. */
const splittersOf = (part: unknown): Fields[] =>
  !isObject(part) ? [] : part.type === 'Sequence' ? partsOf(part.pretokenizers).flatMap(splittersOf) : [part];

/** Describes a splitter that the library applies in another way than the file says. */
function splitterFault({ type, behavior, invert, pattern, split }: Fields, model: unknown): string | undefined {
  const isPiecewise = model === 'WordPiece' || model === 'WordLevel';
  if (type === 'Metaspace' && isPiecewise && split !== false) return `Metaspace that splits, before ${model}`;
  // The library's own default is to keep runs of marks together.
  if (type === 'Punctuation' && behavior !== 'Contiguous') return `Punctuation ${behavior ?? 'Isolated'}`;
  if (type !== 'Split') return undefined;
  const isText = isObject(pattern) && typeof pattern.String === 'string';
  if (!isText && !(isObject(pattern) && typeof pattern.Regex === 'string')) return 'Split without a pattern';
  const isDone = behavior === 'Removed' ? !isText || invert === true : behavior === 'Isolated' && invert !== true;
  return isDone ? undefined : `Split ${behavior}`;
}

function modelFault(model: Fields): string | undefined {
  const type = typeOf(model);
  if (!MODELS.includes(type as string)) return `the model ${String(type)}, expected ${MODELS.join(', ')}`;
  const { vocab, dropout, byte_fallback: bytes, continuing_subword_prefix: prefix } = model;
  if (Array.isArray(vocab) !== (type === 'Unigram')) return `${type} with the vocabulary of another model`;
  if (type === 'WordPiece' && typeof prefix !== 'string') return 'WordPiece without continuing_subword_prefix';
  if (type === 'BPE' && dropout) return 'BPE with dropout';
  if (type === 'BPE' && prefix) return 'BPE with continuing_subword_prefix';
  return type === 'Unigram' && bytes ? 'Unigram with byte_fallback' : undefined;
}

/** Describes the first setting that the library does not apply as the file says; `undefined` if there is none. */
export function faultOf(json: Fields): string | undefined {
  const { model, pre_tokenizer: splitter, added_tokens: added } = json;
  if (!isObject(model)) return 'it has no model';
  const fault = modelFault(model);
  if (fault !== undefined) return fault;
  if (!idsOf(json).every(isId)) return 'a token has no valid id';
  if (partsOf(added).some((token) => token.single_word === true)) return 'an added token is a single_word';
  const faults = splittersOf(splitter).map((part) => splitterFault(part, typeOf(model)));
  return faults.find((found) => found !== undefined);
}
