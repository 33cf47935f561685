/** Formats a plan as text for a terminal. */
import { droppedLines } from '../building/drop-reasons.js';
import type { BuildReport } from '../building/report.js';
import { printable } from '../files/printable.js';
import { counted, countWords, rightWords, signedPoints, usdWords } from '../planning/amounts.js';
import type { PlanChange } from '../planning/change.js';
import { changeSentences } from '../planning/change-words.js';
import { letterOf, planChart } from '../planning/chart.js';
import { planTable } from '../planning/policy.js';
import { rowsOf } from '../planning/promise-words.js';
import { planSentences } from '../planning/sentences.js';
import type { Plan, Planned } from '../planning/types.js';
import { style, table } from './decision-text.js';
import { CHART_LEGEND, chartText } from './plan-chart.js';

/** Width without a terminal. */
const COLUMNS = 80;

/** Breaks a line between words so that its parts have at most `columns` characters; a longer word stays whole. */
export function wrapped(line: string, columns: number): string {
  const lines: string[] = [];
  let current = '';
  for (const word of line.split(' ')) {
    if (current !== '' && current.length + 1 + word.length > columns) {
      lines.push(current);
      current = word;
    } else current = current === '' ? word : `${current} ${word}`;
  }
  return [...lines, current].join('\n');
}

/** Returns a section of the text; nothing if it has no lines. */
const section = (title: string, lines: readonly string[]): string[] =>
  lines.length === 0 ? [] : ['', style('bold', title), ...lines];

function readWords(plan: Plan, inFiles: number): string {
  const { rows, promise, models, graded, selection } = plan;
  const prompts = counted(promise === null ? rows : rowsOf(plan, promise), 'prompt');
  const chosen = selection.chosen === 0 ? '' : ` drawn at random, ${countWords(selection.chosen)} chosen`;
  const used = models.length < inFiles ? `${models.length} of ${counted(inFiles, 'model')}` : counted(inFiles, 'model');
  return `${prompts}${chosen}, ${used}, ${graded ? 'graded' : 'right or wrong'}`;
}

function modelLines({ singles, baseline, graded }: Plan): string[] {
  const rows = singles.map(({ model, right, points, usdPer1000 }, i) => [
    `${letterOf(i)} ${printable(model)}${model === baseline.model ? ' (the baseline)' : ''}`,
    rightWords(right),
    signedPoints(points.value),
    usdPer1000 === null ? '-' : usdWords(usdPer1000),
  ]);
  return table(['models alone', graded ? 'score (95%)' : 'right (95%)', 'points', 'per 1,000'], rows);
}

function chartLines(plan: Plan, columns: number): string[] {
  const chart = planChart(plan);
  if (chart === undefined) return [];
  const what = plan.graded ? 'Score' : 'Right answers';
  const title = `${what} in points against the baseline, by cost per 1,000 answers`;
  return [...section(title, chartText(chart, columns)), style('dim', CHART_LEGEND)];
}

/** Returns a file's name as a word that a shell takes for it. */
export const shellWord = (name: string): string =>
  /^[\w./@%+=:,-]+$/.test(name) ? name : `'${printable(name).replaceAll("'", "'\\''")}'`;

export interface Written {
  /** The files of data, as words of a shell. */
  data: string;
  output?: string | undefined;
  html?: string | undefined;
}

/** Says what was written, and what to do next. */
function nextLines({ data, output, html }: Written): string[] {
  const command = `npx signalbox plan ${data}`;
  const next = [
    ...(output === undefined
      ? [[`${command} -o plan.sbx`, 'write the policy']]
      : [[`npx signalbox route "a prompt" --index ${shellWord(output)}`, 'use it']]),
    ...(html === undefined ? [[`${command} --html plan.html`, 'a report to send on']] : []),
    [`${command} --table`, 'only the table'],
    [`${command} --code`, 'the code that calls the policy'],
  ];
  const width = Math.max(...next.map(([line]) => line?.length ?? 0));
  return next.map(([line = '', what = '']) => `  ${line.padEnd(width)}  ${style('dim', `# ${what}`)}`);
}

/** Returns the whole text, at most `columns` wide but for long names. */
export function planText(
  { plan, report }: Pick<Planned, 'plan' | 'report'>,
  written: Written,
  columns = COLUMNS,
): string {
  const said = planSentences(plan);
  const wrap = (line: string) => wrapped(line, columns);
  const lead = [said.worst, said.month].filter((line) => line !== null);
  const dropped = notUsed(report);
  const notes = [...said.notes, ...dropped].map((note) => style('yellow', wrap(`Note: ${note}`)));
  return [
    style('dim', readWords(plan, report.models.length)),
    '',
    style('bold', wrap(said.headline)),
    ...lead.map(wrap),
    ...chartLines(plan, columns),
    '',
    ...modelLines(plan),
    ...section(plan.familiesFrom === 'one' ? 'The policy' : 'The policy, by families', [planTable(plan)]),
    ...section('What may go wrong', said.risk.map(wrap)),
    ...section('How this was estimated', said.why.map(wrap)),
    ...(notes.length === 0 ? [] : ['', ...notes]),
    ...section('Next', nextLines(written)),
  ].join('\n');
}

/** Returns the text of a comparison. */
export function changeText(change: PlanChange, columns = COLUMNS): string {
  const [first = '', ...others] = changeSentences(change);
  return [style('bold', first), ...others.map((line) => wrapped(line, columns))].join('\n');
}

/** Says what was left out of the files. */
const notUsed = ({ dropped }: BuildReport): string[] =>
  droppedLines(Object.entries(dropped)).map((line) => `not used: ${printable(line)}.`);
