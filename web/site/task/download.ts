/** Decisions as files: CSV for spreadsheets, JSON for programs. Prompts are numbered from 0, as in the package. */
import { type Label, SignalboxError } from 'signalbox';
import type { InputDecision } from './inputs.js';
import type { TaskDecisions } from './policies.js';

const COLUMNS = [
  'index',
  'prompt',
  'model',
  'chance',
  'low',
  'high',
  'confidence',
  'fallback',
  'nearest_task',
  'usd_per_mtok',
] as const;

export interface DecidedTask {
  prompts: readonly string[];
  inputs: readonly InputDecision[];
  decisions: TaskDecisions;
  labels: readonly Label[];
}

/** Returns the row of one prompt. */
function rowOf(index: number, prompt: string, decision: InputDecision): Record<(typeof COLUMNS)[number], unknown> {
  const { model, chance, low, high, confidence, fallback, nearestTask, usdPerMTok } = decision;
  return {
    index,
    prompt,
    model,
    chance,
    low,
    high,
    confidence,
    fallback,
    nearest_task: nearestTask,
    usd_per_mtok: usdPerMTok,
  };
}

/**
 * Formats a cell of a CSV. Spreadsheets would run a text that begins with = + - @, a tab or a CR as a formula, so it gets
 * a leading apostrophe, which marks text. Other readers must drop the apostrophe; the JSON has none.
 */
export function csvCell(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (typeof value === 'number') return String(value);
  const text = String(value);
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",;\t\r\n]|^\s|\s$/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

function inputAt(inputs: readonly InputDecision[], index: number): InputDecision {
  const found = inputs[index];
  if (found === undefined) throw new SignalboxError('internal', `input ${index} was not routed`);
  return found;
}

/** Returns the lines one by one: together they may exceed the length of a string. */
export function csvLines({ prompts, inputs }: Pick<DecidedTask, 'prompts' | 'inputs'>): string[] {
  const lines = prompts.map((prompt, index) => {
    const row = rowOf(index, prompt, inputAt(inputs, index));
    return `${COLUMNS.map((column) => csvCell(row[column])).join(',')}\r\n`;
  });
  return [`${COLUMNS.join(',')}\r\n`, ...lines];
}

export function jsonParts({ prompts, inputs, decisions, labels }: DecidedTask): string[] {
  const parts = [`{"task":${JSON.stringify(decisions)},\n"labels":${JSON.stringify(labels)},\n"inputs":[`];
  prompts.forEach((prompt, index) => {
    const row = rowOf(index, prompt, inputAt(inputs, index));
    parts.push(`${index === 0 ? '\n' : ',\n'}${JSON.stringify(row)}`);
  });
  parts.push('\n]}\n');
  return parts;
}
