/** Finds the columns of tables by their names. */
import { badInput } from '../input-file.js';
import type { Place } from '../records.js';

/** Columns of row numbers as pandas, R and databases write them, in lower case. */
const ROW_NUMBERS =
  /^(|#|unnamed: \d+(\.\d+|_level_\d+)*|__index_level_\d+__|level_\d+|index|idx|nr\.?|no\.|\.\.\.\d+|row([_ .-]?(nr|no|num|id|index|idx|number|names?))?)$/;

/** Names of the question, the model and the score in other people's tables; they count where the first is absent. */
const PROMPT_NAMES = ['prompt', 'question', 'input', 'query', 'messages'];
const MODEL_NAMES = ['model', 'model_name', 'model_id'];
const SCORE_NAMES = [
  'score',
  ...['correct', 'is_correct', 'passed', 'pass', 'success', 'outcome'],
  ...['accuracy', 'acc', 'exact_match', 'em', 'f1', 'rating', 'grade'],
];
/** Names of the number of a repetition: its scores are averaged. */
const RUN_NAMES = ['run', 'run_id', 'epoch', 'trial', 'repeat', 'repetition', 'attempt', 'iteration', 'seed'];

/** Returns the name of a column without blanks around it and in lower case. */
export const plainName = (column: string): string => column.trim().toLowerCase();

/** Returns whether a column has row numbers, and is not a model. */
export const isRowNumbers = (name: string): boolean => ROW_NUMBERS.test(plainName(name));

/** Columns that name what several prompts belong to: a plan's estimates keep them together. */
export const GROUP_COLUMNS: readonly string[] = [
  'conversation',
  'conversation_id',
  'session',
  'session_id',
  'group',
  'group_id',
  'template',
  'template_id',
];

/**
 * Columns that say how a row came to be graded: by lot or by choice, and the number of prompts that it stands for. A weight
 * counts only beside the other.
 */
export const SELECTION_COLUMNS: readonly string[] = ['selected_by', 'weight'];

/** Columns by meaning; -1 if absent. */
export interface SampleColumns {
  prompt: number;
  dataset: number;
  id: number;
  embedding: number;
  /** Those of GROUP_COLUMNS. */
  groups: { name: string; at: number }[];
  selectedBy: number;
  weight: number;
}

/** Finds the place of the first of some names that is a column, or -1. */
type Finder = (...names: readonly string[]) => number;

/** Returns a finder for these columns: an exact name goes before others. */
function finderFor(columns: readonly string[]): Finder {
  const [exact, plain] = [new Map<string, number>(), new Map<string, number>()];
  for (const [at, column] of columns.entries()) {
    if (!exact.has(column)) exact.set(column, at);
    if (!plain.has(plainName(column))) plain.set(plainName(column), at);
  }
  return (...names) => {
    const same = names.find((name) => exact.has(name));
    if (same !== undefined) return exact.get(same) ?? -1;
    const other = names.find((name) => plain.has(name));
    return other === undefined ? -1 : (plain.get(other) ?? -1);
  };
}

/** Returns the place of the first of these names that is a column, or -1. An exact name goes before others. */
export const columnOf = (columns: readonly string[], ...names: string[]): number => finderFor(columns)(...names);

export function sampleColumns(columns: readonly string[], find = finderFor(columns)): SampleColumns {
  return {
    prompt: find(...PROMPT_NAMES),
    dataset: find('dataset', 'task'),
    id: find('id'),
    embedding: find('embedding'),
    groups: GROUP_COLUMNS.map((name) => ({ name, at: find(name) })).filter(({ at }) => at >= 0),
    selectedBy: find('selected_by'),
    weight: find('weight'),
  };
}

/** Notices columns with the names of keys. Of the spellings in other case only the first counts, however many come. */
export class KeyColumns {
  readonly #names: ReadonlySet<string>;
  readonly #seen = new Set<string>();

  constructor(names: ReadonlySet<string>) {
    this.#names = names;
  }

  /** Returns whether one of the added columns may be a key that no earlier column was. */
  hasNew(added: readonly string[]): boolean {
    const before = this.#seen.size;
    for (const column of added) {
      const name = plainName(column);
      if (this.#names.has(name)) this.#seen.add(column === name ? name : `${name} in other case`);
    }
    return this.#seen.size > before;
  }
}

/** Returns whether a name is one for the column of models. */
export const isModelsName = (column: string): boolean => MODEL_NAMES.includes(plainName(column));

/** Returns whether a name is one for the column of scores. */
export const isScoreName = (column: string): boolean => SCORE_NAMES.includes(plainName(column));

/** Returns whether a table has the column `prompt` itself. */
export const hasPrompt = (columns: readonly string[]): boolean => columnOf(columns, 'prompt') >= 0;

/**
 * Returns whether a table has one row per sample and model. Other names than `model` and `score` only count beside a
 * question or an id.
 */
export function isLong(columns: readonly string[]): boolean {
  if (columnOf(columns, ...MODEL_NAMES) < 0 || columnOf(columns, ...SCORE_NAMES) < 0) return false;
  const isExact = columnOf(columns, 'model') >= 0 && columnOf(columns, 'score') >= 0;
  return isExact || columnOf(columns, ...PROMPT_NAMES, 'id', 'embedding') >= 0;
}

const COST_NAMES = ['cost_usd', 'cost', 'total_cost', 'usd'];
const TOKENS_IN_NAMES = ['tokens_in', 'prompt_tokens', 'input_tokens'];
const TOKENS_OUT_NAMES = ['tokens_out', 'completion_tokens', 'output_tokens'];

/** Names that a column must have to change what `longColumns` returns. */
export const LONG_NAMES: ReadonlySet<string> = new Set([
  ...['dataset', 'task', 'id', 'embedding', 'metric', 'error', 'usage'],
  ...[...PROMPT_NAMES, ...MODEL_NAMES, ...SCORE_NAMES, ...RUN_NAMES],
  ...[...COST_NAMES, ...TOKENS_IN_NAMES, ...TOKENS_OUT_NAMES],
  ...[...GROUP_COLUMNS, ...SELECTION_COLUMNS],
]);

export interface LongColumns extends SampleColumns {
  model: number;
  /** One, or several of which each is a metric. */
  scores: { name: string; at: number }[];
  metric: number;
  run: number;
  error: number;
  cost: number;
  tokensIn: number;
  tokensOut: number;
  /** An object with both counts, as APIs report them. */
  usage: number;
}

/** Finds the columns of a long table. Errors: `invalid_argument` without a model, a score, or what identifies a sample. */
export function longColumns(columns: readonly string[], place: Place): LongColumns {
  const find = finderFor(columns);
  const model = find(...MODEL_NAMES);
  if (model < 0) throw badInput(place, "no column 'model'");
  const all = SCORE_NAMES.map((name) => ({ name, at: find(name) })).filter(({ at }) => at >= 0);
  if (all.length === 0) throw badInput(place, "no column 'score'");
  const at = sampleColumns(columns, find);
  if (at.prompt < 0 && at.embedding < 0 && at.id < 0) throw badInput(place, "no column 'prompt', 'embedding' or 'id'");
  return {
    ...at,
    model,
    scores: all[0]?.name === 'score' ? all.slice(0, 1) : all,
    metric: find('metric'),
    run: find(...RUN_NAMES),
    error: find('error'),
    cost: find(...COST_NAMES),
    tokensIn: find(...TOKENS_IN_NAMES),
    tokensOut: find(...TOKENS_OUT_NAMES),
    usage: find('usage'),
  };
}

/** Columns of wide tables that are neither models nor keys. */
const OTHER_COLUMNS = new Set([
  ...['answer', 'target', 'reference', 'expected', 'expected_answer', 'expected_output', 'ground_truth', 'gold'],
  ...['gold_answer', 'correct_answer', 'reference_answer', 'answer_key', 'max_score'],
  ...['label', 'labels', 'split', 'category', 'subject', 'source', 'topic', 'type', 'tag', 'tags'],
  ...['level', 'difficulty'],
  ...['language', 'lang', 'year', 'context', 'choices', 'options', 'metadata', 'url', 'uuid', 'hash', 'system'],
  ...['system_prompt', 'note', 'notes', 'comment', 'comments', 'winner', 'best_model'],
  ...['question_id', 'sample_id', 'prompt_id', 'example_id', 'item_id', 'doc_id', 'task_id'],
  ...['timestamp', 'date', 'day', 'time', 'datetime', 'created', 'created_at', 'updated_at'],
  ...['duration', 'elapsed', 'runtime'],
  ...['latency', 'latency_ms', 'latency_s', 'price', 'tokens', 'total_tokens', 'num_tokens', 'length', 'prompt_length'],
  ...[...COST_NAMES, ...TOKENS_IN_NAMES, ...TOKENS_OUT_NAMES, ...RUN_NAMES],
]);
const ANSWER = /(_response|\|model_response|_output)$/;
const FIGURE =
  /^(.+?)([|_ .-])(cost_usd|total_cost|cost|usd|tokens_in|prompt_tokens|input_tokens|tokens_out|completion_tokens|output_tokens|latency(?:_ms|_s)?|duration|runtime|time|answer|pred|prediction|text|status|error|reason|rationale|explanation)$/i;
const MEASURED = new RegExp(`^(.+?)[|_ .-](${SCORE_NAMES.join('|')})$`, 'i');

const KEYS = new Set(['dataset', 'task', 'id', 'prompt', 'embedding', ...GROUP_COLUMNS, ...SELECTION_COLUMNS]);

/** Names that a column must have to change what `sampleColumns` returns. */
export const SAMPLE_NAMES: ReadonlySet<string> = new Set([...KEYS, ...PROMPT_NAMES]);

/** Returns whether a column of a wide table identifies its rows or says what they are about. */
export const isKeyName = (column: string): boolean => KEYS.has(plainName(column));

/** Returns whether a column of a wide table may have the scores of a model, by its name alone. */
export function isModelName(column: string): boolean {
  const name = plainName(column);
  return !KEYS.has(name) && !OTHER_COLUMNS.has(name) && !isRowNumbers(name) && !ANSWER.test(column);
}

/** Returns the model and the metric in the name of a column such as `small_accuracy`; `undefined` for other names. */
export function measuredIn(column: string): { model: string; metric: string } | undefined {
  const [, model = '', metric = ''] = MEASURED.exec(column.trim()) ?? [];
  return model === '' ? undefined : { model, metric: metric.toLowerCase() };
}

export type Figure = 'cost' | 'tokensIn' | 'tokensOut';

/**
 * Returns what a column of a wide table says about a model apart from its scores: `<model>|cost_usd`, or `<model>_cost` if
 * `isModel` knows the model. `figure` is `undefined` for what nothing uses, such as the answer.
 */
export function figureOf(
  column: string,
  isModel: (name: string) => boolean,
): { model: string; figure: Figure | undefined } | undefined {
  const [, model = '', separator, given = ''] = FIGURE.exec(column) ?? [];
  if (model === '' || (separator !== '|' && !isModel(model))) return undefined;
  const name = given.toLowerCase();
  if (COST_NAMES.includes(name)) return { model, figure: 'cost' };
  if (TOKENS_IN_NAMES.includes(name)) return { model, figure: 'tokensIn' };
  return { model, figure: TOKENS_OUT_NAMES.includes(name) ? 'tokensOut' : undefined };
}

/** Returns the first of these models whose column, in a wide table of them, would be taken for something else. */
export function unclearName(models: readonly string[]): string | undefined {
  const named = new Set(models);
  const unclear = models.find((name) => {
    return !isModelName(name) || isScoreName(name) || isModelsName(name) || figureOf(name, (model) => named.has(model));
  });
  return unclear ?? (models.every((name) => measuredIn(name)) ? models[0] : undefined);
}
