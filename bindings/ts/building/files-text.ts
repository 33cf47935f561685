/** Formats what became of each file, and how a file was understood, as text. */
import { printable } from '../files/printable.js';
import { reasonText } from './drop-reasons.js';
import type { ExplainedScore, Explanation } from './explain.js';
import type { ReportedFile } from './file-accounts.js';

const MOST_FILES = 12;
const MOST_PATHS = 3;
const MOST_NAMES = 8;
const MOST_PROMPT = 400;

const count = (n: number, what: string) => `${n.toLocaleString('en')} ${what}${n === 1 ? '' : 's'}`;

const few = (items: readonly string[], most: number) =>
  items.slice(0, most).join(', ') + (items.length > most ? `, and ${items.length - most} more` : '');

const leftOutText = (leftOut: ReportedFile['leftOut']) =>
  Object.entries(leftOut)
    .map(([reason, times]) => `${times.toLocaleString('en')} ${reasonText(reason)}`)
    .join('; ');

/** Returns a line for a file that was read. */
function readLine({ path, source, outcomes, leftOut }: ReportedFile): string {
  const without = leftOutText(leftOut);
  return `${path}: ${source}, ${count(outcomes, 'outcome')}${without === '' ? '' : `; not used: ${without}`}`;
}

function grouped(files: readonly ReportedFile[], keyOf: (file: ReportedFile) => string): [string, string[]][] {
  const groups = new Map<string, string[]>();
  for (const file of files) {
    const paths = groups.get(keyOf(file));
    if (paths === undefined) groups.set(keyOf(file), [file.path]);
    else paths.push(file.path);
  }
  return [...groups];
}

/** Returns lines that say of each file what it is, what was taken, and what was not; files of one fate share a line. */
export function fileLines(list: readonly ReportedFile[]): string[] {
  const used = list.filter(({ source, reason }) => source !== null && reason === null);
  // Files of which something is missing come first: a long list is cut.
  const sorted = [...used].sort((a, b) => Object.keys(b.leftOut).length - Object.keys(a.leftOut).length);
  const lines = sorted.slice(0, MOST_FILES).map(readLine);
  const more = sorted.slice(MOST_FILES);
  for (const [source, paths] of grouped(more, (file) => file.source ?? '')) {
    lines.push(`and ${count(paths.length, 'more file')} of ${source}`);
  }
  const helping = list.filter(({ source, reason }) => source !== null && reason !== null);
  for (const [key, paths] of grouped(helping, ({ source, reason }) => `${source}, ${reason}`)) {
    lines.push(`${few(paths, MOST_PATHS)}: ${key}`);
  }
  const unread = list.filter(({ source }) => source === null);
  for (const [reason, paths] of grouped(unread, ({ reason: why }) => why ?? '')) {
    lines.push(`${few(paths, MOST_PATHS)}: not read, ${reason}`);
  }
  return lines;
}

function scoreLine({ model, metric, score, outcome, costUsd, tokensIn, tokensOut }: ExplainedScore): string {
  const figures = [
    costUsd === null ? [] : [`$${costUsd}`],
    tokensIn === null ? [] : [`${tokensIn} tokens in`],
    tokensOut === null ? [] : [`${tokensOut} tokens out`],
  ].flat();
  const becomes = outcome === null ? 'does not count' : `outcome ${outcome}`;
  return `  ${model}: ${metric} ${JSON.stringify(score)}, ${becomes}${figures.map((text) => `, ${text}`).join('')}`;
}

/** Formats an explanation. */
export function explanationText(explanation: Explanation): string {
  const { file, source, reason, datasets, models, columns, metrics, outcomes, leftOut, first } = explanation;
  const lines = [`${file}: ${source === null ? `not read: ${reason}` : `read as ${source}`}`];
  if (source !== null && reason !== null) lines.push(reason);
  for (const { name, metric, range, threshold } of datasets.slice(0, MOST_NAMES)) {
    const rule = threshold === null ? '' : `, correct above ${threshold}`;
    lines.push(`dataset: ${name}, metric ${metric}, ${range.join(' to ')}${rule}`);
  }
  if (datasets.length > MOST_NAMES) lines.push(`and ${datasets.length - MOST_NAMES} more datasets`);
  if (models.length > 0) lines.push(`models: ${few(models, MOST_NAMES)}`);
  if (columns !== null && columns.prompt !== null) lines.push(`column of the prompts: ${columns.prompt}`);
  if (columns !== null && columns.ignored.length > 0) {
    lines.push(`columns not used: ${few(columns.ignored, MOST_NAMES)}`);
  }
  if (metrics.length > 0) lines.push(`metrics in the file: ${few(metrics, MOST_NAMES)}`);
  if (source !== null) lines.push(`outcomes: ${outcomes.toLocaleString('en')}`);
  const without = leftOutText(leftOut);
  if (without !== '') lines.push(`not used: ${without}`);
  if (first !== null) {
    const { dataset, id, prompt, line, scores } = first;
    const shown = prompt === null ? 'none' : JSON.stringify(prompt.slice(0, MOST_PROMPT));
    const cut = (prompt?.length ?? 0) > MOST_PROMPT ? ` (the first ${MOST_PROMPT} characters)` : '';
    lines.push(
      `first row${line === null ? '' : `, from line ${line}`}:`,
      `  dataset ${dataset}, id ${id}`,
      `  prompt${cut}: ${shown}`,
      ...scores.slice(0, MOST_NAMES).map(scoreLine),
      ...(scores.length > MOST_NAMES ? [`  and ${scores.length - MOST_NAMES} more scores`] : []),
    );
  }
  return lines.map(printable).join('\n');
}
