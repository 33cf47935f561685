/** Single facts of a decision, for `--fields` and for tables of decisions. */
import type { Decision } from '../types.js';
import { InvalidArgumentError } from '../vendor/commander-node.js';
import { toList } from './arguments.js';

type Value = string | number | boolean | null;

/** The facts by name, in the order of the help. */
const FIELDS = {
  model: ({ model }) => model,
  reason: ({ reason }) => reason,
  confidence: ({ confidence }) => confidence,
  chance: ({ chance }) => chance,
  strength: ({ strength }) => strength,
  usd_per_answer: ({ price }) => price.usdPerAnswer,
  usd_per_mtok: ({ price }) => price.usdPerMTok,
  best: ({ ranking }) => ranking[0]?.model ?? null,
  fallback_reason: ({ fallbackReason }) => fallbackReason,
  coverage: ({ coverage }) => coverage.percentile,
  kind: ({ kind }) => kind?.name ?? null,
  language: ({ language }) => language,
  tokens: ({ tokens }) => tokens,
} as const satisfies Record<string, (decision: Decision) => Value>;

export type FieldName = keyof typeof FIELDS;
export const FIELD_NAMES = Object.keys(FIELDS) as FieldName[];

/** Fields of a table, unless others are named. */
export const TABLE_FIELDS: readonly FieldName[] = [
  'model',
  'confidence',
  'usd_per_answer',
  'fallback_reason',
  'reason',
];

/** Parses a list of names for commander. */
export function toFields(text: string): FieldName[] {
  return toList(text).map((name) => {
    const known = FIELD_NAMES.find((field) => field === name);
    if (known !== undefined) return known;
    throw new InvalidArgumentError(`'${name}' is not a field, expected ${FIELD_NAMES.join(', ')}.`);
  });
}

/** Returns the facts by name, in the order that was asked for. */
export const fieldsOf = (decision: Decision, names: readonly FieldName[]): Record<string, Value> =>
  Object.fromEntries(names.map((name) => [name, FIELDS[name](decision)]));
