/** `signalbox plan --next`: says which prompts to grade next, and writes a sheet for the grades. */
import process from 'node:process';
import { findFiles } from '../building/disk/files.js';
import { toJson, writeNew, writeWhole } from '../files/disk/output.js';
import { printable } from '../files/printable.js';
import { counted } from '../planning/amounts.js';
import { gradingSheet } from '../planning/grading-sheet.js';
import { nextLabelsFrom } from '../planning/next-labels.js';
import type { NextRow, PlanNextLabels } from '../planning/next-types.js';
import { nextSentences } from '../planning/next-words.js';
import { dataSettings } from './data-options.js';
import { style } from './decision-text.js';
import { interruptible } from './interruptible.js';
import type { PlanCommandOptions } from './plan-options.js';
import { shellWord, wrapped } from './plan-text.js';
import { readPrompts } from './prompt-files.js';

const COLUMNS = 80;
const ELLIPSIS = '...';

/** Returns the beginning of a prompt on one line of at most `width` characters. */
function beginning(prompt: string, width: number): string {
  const text = printable(prompt.replace(/\s+/g, ' ').trim());
  return text.length <= width ? text : `${text.slice(0, width - ELLIPSIS.length)}${ELLIPSIS}`;
}

function rowLines(row: NextRow, all: number, words: boolean, columns: number): string[] {
  const { prompt, id, models, reason } = row;
  const which = models.length === all ? counted(all, 'model') : models.map(printable).join(', ');
  const what = `${reason}: ${models.length === 0 ? 'has all grades' : which}`;
  const name = id === null ? '' : `${printable(id)}  `;
  return [
    wrapped(`  ${name}${style('dim', what)}`, columns),
    ...(words ? [`    ${beginning(prompt, columns - 4)}`] : []),
  ];
}

function nextText(next: PlanNextLabels, places: readonly string[], o: PlanCommandOptions, columns = COLUMNS): string {
  const [first = '', ...others] = nextSentences(next);
  const data = places.map(shellWord).join(' ');
  const sheet = shellWord(o.output ?? 'next.csv');
  const todo =
    o.output === undefined
      ? [`  npx signalbox plan ${data} --next ${o.next} -o ${sheet}  ${style('dim', '# a sheet to fill in')}`]
      : [`  npx signalbox plan ${data} ${sheet}  ${style('dim', '# with the grades filled in')}`];
  return [
    style('bold', wrapped(first, columns)),
    ...others.map((line) => wrapped(line, columns)),
    ...next.rows.flatMap((row) => rowLines(row, next.candidates.length, o.words, columns)),
    ...(next.rows.length === 0 ? [] : ['', ...todo]),
  ].join('\n');
}

/** Runs `plan --next`. */
export async function planNext(places: string[], o: PlanCommandOptions): Promise<void> {
  await interruptible(async (progress) => {
    const { from, metrics, ranges, thresholds, datasets, models, excludeDatasets, excludeModels } =
      await dataSettings(o);
    const prompts = o.prompts === undefined ? undefined : await readPrompts(o.prompts);
    const { files } = await findFiles(places);
    const data = { from, metrics, ranges, thresholds, datasets, models, excludeDatasets, excludeModels };
    const settings = { ...data, prompts, chosen: o.chosen, seed: o.seed };
    const next = await nextLabelsFrom(o.next as number, files, settings, progress);
    if (o.output !== undefined) await writeNew(o.output, gradingSheet(next), progress.signal);
    if (typeof o.json === 'string') await writeWhole(o.json, toJson(next), progress.signal);
    progress.end();
    process.stdout.write(
      `${o.json === true ? toJson(next).trimEnd() : nextText(next, places, o, process.stdout.columns)}\n`,
    );
    if (o.output !== undefined) {
      process.stderr.write(`${printable(`wrote ${o.output}: ${counted(next.rows.length, 'prompt')}`)}\n`);
    }
  });
}
