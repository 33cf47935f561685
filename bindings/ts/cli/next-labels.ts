/** Prompts to grade next, as text and as CSV. */
import type { NextLabels, NothingLeft } from '../types.js';
import { csvLine } from './csv-text.js';

const MOST_SHOWN = 72;

const NOTHING: { readonly [Why in NothingLeft]: string } = {
  one_candidate: 'There is nothing to grade: fewer than two models are candidates.',
  answers_agree: 'There is nothing to grade: all candidates give the same answers.',
  all_graded: 'There is nothing left to grade: every prompt on which the answers of the candidates differ is graded.',
};

const shortened = (prompt: string) => {
  const line = prompt.replace(/\s+/g, ' ').trim();
  return line.length > MOST_SHOWN ? `${line.slice(0, MOST_SHOWN - 3)}...` : line;
};

/**
 * Returns a file to grade in: a row for each prompt, with an empty column for each candidate. `--labels` reads it back.
 */
export function chosenCsv({ rows, candidates }: NextLabels, prompts: readonly string[]): string {
  const head = ['index', 'prompt', 'selected_by', 'weight', ...candidates];
  const lines = rows.map(({ index, selectedBy, weight }) => [
    ...[String(index), prompts[index] ?? '', selectedBy, String(weight)],
    ...candidates.map(() => ''),
  ]);
  return [head, ...lines].map(csvLine).join('');
}

/** Returns the choice as text. */
export function chosenText(
  { rows, candidates, disagreeing, graded, nothingLeft }: NextLabels,
  prompts: readonly string[],
) {
  const [first] = rows;
  if (first === undefined) return NOTHING[nothingLeft ?? 'all_graded'];
  const width = Math.max(...rows.map(({ index }) => String(index).length));
  const among =
    first.selectedBy === 'random'
      ? `at random from ${prompts.length} prompts`
      : `from ${disagreeing} of ${prompts.length} prompts, on which the candidates' answers differ or are not known`;
  return [
    `Grade the answers to these prompts, drawn ${among} (${graded} graded so far):`,
    ...rows.map(({ index }) => `  ${String(index).padStart(width)}  ${shortened(prompts[index] ?? '')}`),
    `of these models, best first:`,
    ...candidates.map((model) => `  ${model}`),
  ].join('\n');
}
