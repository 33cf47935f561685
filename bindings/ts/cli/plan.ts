/** The command `signalbox plan`: reads graded prompts, says what to send where, and writes policy, report and JSON. */
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { findFiles } from '../building/disk/files.js';
import { diskStorage } from '../building/disk/storage.js';
import { addPassedOver } from '../building/file-accounts.js';
import { megabytes } from '../building/report-text.js';
import { toJson, writeWhole, writeWholeBy } from '../files/disk/output.js';
import { printable } from '../files/printable.js';
import { fileFromBytes } from '../importing/input-file.js';
import { checkPlan } from '../planning/change.js';
import { planFrom } from '../planning/from-files.js';
import { planCode, planTable } from '../planning/policy.js';
import { planReport } from '../planning/report.js';
import type { Planned, PlanSettings } from '../planning/types.js';
import type { Command } from '../vendor/commander-node.js';
import { loadLab } from '../wasm/lab-module.js';
import { dataSettings, openOrigin } from './data-options.js';
import { embedderOption } from './embedder-option.js';
import { interruptible } from './interruptible.js';
import { planNext } from './plan-next.js';
import { checkPlanOptions, describePlanOptions, type PlanCommandOptions } from './plan-options.js';
import { changeText, planText, shellWord } from './plan-text.js';
import type { Progress } from './progress.js';
import { gradesWithPrompts, readPrompts } from './prompt-files.js';
import { threaded } from './thread.js';

/** Place of temporary files without an output. */
const TEMPORARY = path.join(tmpdir(), 'signalbox');

async function settingsOf(o: PlanCommandOptions): Promise<PlanSettings> {
  const { atMost, save, budget, volume, baseline, seed, index, words, name, lossKind: kind, delta } = o;
  const maxLoss = o.maxLoss === undefined ? undefined : { points: o.maxLoss, kind, delta };
  return { ...(await dataSettings(o)), atMost, save, budget, maxLoss, volume, baseline, seed, index, words, name };
}

/** Returns the files to read: with a log, its prompts are put into the one file of grades. */
async function filesOf(places: readonly string[], { log }: PlanCommandOptions) {
  if (log === undefined) return findFiles(places);
  const joined = await gradesWithPrompts(places[0] as string, log);
  return { files: [fileFromBytes(`${places[0]}.jsonl`, joined)], passedOver: [] };
}

async function makePlan(
  places: string[],
  o: PlanCommandOptions,
  progress: Progress,
  signal: AbortSignal,
): Promise<Planned> {
  const settings = await settingsOf(o);
  const storage = await diskStorage(o.output ?? TEMPORARY);
  try {
    const lab = await loadLab(undefined, { signal });
    const { files, passedOver } = await filesOf(places, o);
    const origin = await openOrigin(o, progress, signal);
    try {
      const planned = await planFrom(lab, files, origin, settings, progress, storage);
      addPassedOver(planned.report.files, passedOver);
      return planned;
    } finally {
      await origin.close();
    }
  } finally {
    await storage.dispose();
  }
}

/** Writes the files that the options name; returns a line for each. */
async function writeOutputs({ plan, index }: Planned, o: PlanCommandOptions, signal: AbortSignal): Promise<string[]> {
  const lines: string[] = [];
  const wrote = (file: string, bytes: number) => lines.push(printable(`wrote ${file}: ${megabytes(bytes)}`));
  if (o.output !== undefined) {
    await writeWholeBy(o.output, (temporary) => writeFile(temporary, index, { flag: 'wx', signal }), signal);
    wrote(o.output, index.byteLength);
  }
  const texts: [string, string][] = [];
  if (o.html !== undefined) texts.push([o.html, await planReport(plan)]);
  if (typeof o.json === 'string') texts.push([o.json, toJson(plan)]);
  for (const [file, text] of texts) {
    await writeWhole(file, text, signal);
    wrote(file, Buffer.byteLength(text));
  }
  return lines;
}

/** Returns what the standard output shows. */
function shown(places: readonly string[], planned: Planned, o: PlanCommandOptions): string {
  const { plan } = planned;
  if (o.json === true) return toJson(plan).trimEnd();
  const parts = [
    ...(o.table ? [planTable(plan)] : []),
    ...(o.code ? [planCode(plan, o.output === undefined ? undefined : path.basename(o.output)).trimEnd()] : []),
  ];
  if (parts.length > 0) return parts.join('\n\n');
  const data = places.map(shellWord).join(' ');
  return planText(planned, { data, output: o.output, html: o.html }, process.stdout.columns);
}

/** Compares new prompts with those of a plan. The exit status does not depend on what is found. */
async function compare(index: string, file: string, o: PlanCommandOptions): Promise<void> {
  await interruptible(async (progress, signal) => {
    const prompts = await readPrompts(file);
    const embedder = embedderOption(o.embedder);
    progress.begin(`embedding ${prompts.length} prompts`);
    const onProgress = ({ done, total }: { done: number; total: number }) => {
      progress.update(done, total).catch(() => undefined); // An abort is handled elsewhere.
    };
    const change = await checkPlan(index, prompts, { embedder, seed: o.seed, signal, onProgress });
    if (typeof o.json === 'string') await writeWhole(o.json, toJson(change), signal);
    progress.end();
    const text = o.json === true ? toJson(change).trimEnd() : changeText(change, process.stdout.columns);
    process.stdout.write(`${text}\n`);
  });
}

async function plan(places: string[], o: PlanCommandOptions): Promise<void> {
  checkPlanOptions(places, o);
  if (o.check !== undefined) return compare(places[0] as string, o.check, o);
  if (o.next !== undefined) return planNext(places, o);
  await interruptible(async (progress, signal) => {
    const planned = await makePlan(places, o, progress, signal);
    const lines = await writeOutputs(planned, o, signal);
    progress.end();
    process.stdout.write(`${shown(places, planned, o)}\n`);
    for (const line of lines) process.stderr.write(`${line}\n`);
  });
}

const EXAMPLES = `
Examples:
  signalbox plan graded.csv
  signalbox plan graded.csv --at-most 1pt -o plan.sbx --html plan.html
  signalbox plan graded.csv --budget 500 --volume 100000
  signalbox plan graded.csv --max-loss 3pt -o plan.sbx
  signalbox plan plan.sbx --check new-prompts.csv
  signalbox plan graded.csv --next 20 -o next.csv

graded.csv has a column "prompt" and a column of outcomes for each model, and costs
or tokens where they are known: "<model>|cost_usd", "<model>|tokens_in", "<model>|tokens_out".`;

/** Adds the command to `program`. */
export function addPlanCommand(program: Command): void {
  const written = ({ output, html, json }: PlanCommandOptions) => [
    output ?? TEMPORARY,
    html,
    typeof json === 'string' ? json : undefined,
  ];
  describePlanOptions(program.command('plan <files...>'))
    .description('plan from graded prompts what to send to which model, what it saves, and what it risks')
    .addHelpText('after', EXAMPLES)
    .action(threaded(plan, (_, options) => written(options)));
}
