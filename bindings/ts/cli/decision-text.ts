/** Formats decisions and indexes as text for a terminal. */
import { styleText } from 'node:util';
import { field, numberField, textField } from '../files/fields.js';
import { printableJson } from '../files/printable.js';
import { perThousandWords } from '../routing/price-words.js';
import { cascadeWords, taskLabel } from '../routing/words.js';
import type { CascadePlan, Decision, IndexInfo, RankedModel, TaskDecision, TaskInfo } from '../types.js';

/** Models, and nearest samples with so many characters of their texts. */
const SHOWN = 8;
const SHOWN_NEIGHBOURS = 3;
const SHOWN_CHARACTERS = 72;

type Style = Parameters<typeof styleText>[0];

/** No colours if the output is not a terminal, or a dumb one, or if NO_COLOR is set. */
const isColoured = () => process.stdout.isTTY === true && process.env.TERM !== 'dumb' && !process.env.NO_COLOR;
export const style = (format: Style, text: string) => (isColoured() ? styleText(format, text) : text);

const percent = (share: number) => `${Math.round(100 * share)}%`;
/** At least cents, and all digits: a limit that is copied from here must keep the model. */
const PRICE = { minimumFractionDigits: 2, maximumFractionDigits: 20, useGrouping: false };
export const price = (usd: number | null) => (usd === null ? '-' : `$${usd.toLocaleString('en', PRICE)}`);
/** Formats an expected price in cents: it is an average, and has no digits that a user gave. */
const average = (usd: number) => `$${usd.toFixed(2)}`;
export const size = (bytes: number) =>
  bytes < 1e6 ? `${(bytes / 1e3).toFixed(1)} KB` : `${(bytes / 1e6).toFixed(2)} MB`;

/** Pads each column to its widest cell; the first column is text, the others are numbers. */
export function table(header: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const widths = header.map((cell, i) => Math.max(cell.length, ...rows.map((row) => row[i]?.length ?? 0)));
  const line = (cells: readonly string[]) =>
    `  ${cells.map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0))).join('  ')}`;
  return [style('dim', line(header)), ...rows.map(line)];
}

const interval = ({ interval: [low, high] }: RankedModel) => `${percent(low)}-${percent(high)}`;

/** A decision, and the labels of the index's tasks. */
export interface Shown<D extends Decision> {
  decision: D;
  info: Pick<IndexInfo, 'tasks'>;
}

function costWords({ price: { usdPerMTok, usdPerAnswer, date } }: Decision): string {
  const dated = date === null ? '' : ` (price of ${date})`;
  if (usdPerAnswer !== null) return `${perThousandWords(usdPerAnswer)} per 1,000 answers${dated}`;
  return usdPerMTok === null ? 'price not known' : `${price(usdPerMTok)} per million tokens${dated}`;
}

/** The chance, where there is one; else how the pick compares. */
function qualityWords({ chance, strength, ranking, coverage }: Decision): string {
  if (chance !== null) return `${percent(chance)} chance of being right`;
  const models = ranking.length === 1 ? '1 model' : `${ranking.length} models`;
  return `${strength} ${coverage.outOfCoverage ? 'on average ' : ''}among ${models}`;
}

function heading(decision: Decision): string[] {
  return [
    `${style('bold', decision.model)}  ${style('dim', `${qualityWords(decision)}, ${costWords(decision)}`)}`,
    decision.reason,
    ...decision.notes.map(({ message }) => style('yellow', `Note: ${message}.`)),
    decision.truncated ? style('yellow', 'Only the beginning of the text was read.') : '',
  ].filter((line) => line !== '');
}

function resemblance({ decision, info }: Shown<Decision>): string[] {
  const kinds = decision.kinds.map(({ label }) => label);
  const families = decision.families?.map(({ name }) => name) ?? [];
  const tasks = families.length > 0 ? [] : decision.tasks.map(({ task }) => taskLabel(info, task));
  const lines = [
    ...(families.length === 0 ? [] : [`families of prompts: ${families.join('; ')}`]),
    ...(kinds.length === 0 ? [] : [`most like: ${kinds.join(', ')}`]),
    ...(tasks.length === 0 ? [] : [`similar benchmark tasks: ${tasks.join(', ')}`]),
  ];
  return lines.length === 0 ? [] : ['', ...lines];
}

/** Returns the beginning of a text for one line of a table. */
function beginningOf(text: string): string {
  const characters = [...text.replace(/\s+|(?:\\u\{(?:9|a|d)\})+/g, ' ').trim()];
  return characters.length <= SHOWN_CHARACTERS
    ? characters.join('')
    : `${characters.slice(0, SHOWN_CHARACTERS - 1).join('')}…`;
}

function neighbourRows({ decision, info }: Shown<Decision>): string[] {
  const { neighbours } = decision;
  if (neighbours.length === 0) return [];
  const rows = neighbours.slice(0, SHOWN_NEIGHBOURS).map((n) => {
    const outcomes = Object.values(n.outcomes).filter((y) => y !== null);
    const right = outcomes.filter((y) => y >= 0.5).length;
    return [
      n.text === null ? `${taskLabel(info, n.task)} ${n.id}` : `${taskLabel(info, n.task)}: ${beginningOf(n.text)}`,
      n.similarity.toFixed(3),
      outcomes.length === 0 ? '-' : `${right} of ${outcomes.length}`,
    ];
  });
  return ['', ...table(['nearest benchmark questions', 'similarity', 'models right'], rows)];
}

const rest = (count: number) => (count > SHOWN ? [style('dim', `  and ${count - SHOWN} more`)] : []);

/** Lines below the ranking. */
function ending(shown: Shown<Decision>): string[] {
  const { decision } = shown;
  const { percentile, meanDistance, outOfCoverage } = decision.coverage;
  return [
    ...rest(decision.ranking.length),
    ...resemblance(shown),
    ...neighbourRows(shown),
    '',
    `confidence ${decision.confidence.toFixed(2)}, coverage percentile ${percentile.toFixed(0)} ` +
      `(mean distance ${meanDistance.toFixed(3)}${outOfCoverage ? ', out of coverage' : ''})` +
      `${decision.fallback ? `, fallback: ${decision.fallbackReason}` : ''}`,
  ];
}

/** Columns of predictions: chances only where the decision tells one. */
const QUALITY_COLUMNS = { chance: ['P(correct)', '95%'], distance: ['below best'] };

/** Returns the distance to the best candidate in points. */
function belowBest(ranking: readonly RankedModel[], { pCorrect }: RankedModel): string {
  const best = Math.max(...ranking.map((ranked) => ranked.pCorrect));
  return (100 * (best - pCorrect)).toFixed(1);
}

function qualityCells({ chance, ranking }: Decision, ranked: RankedModel): string[] {
  return chance === null ? [belowBest(ranking, ranked)] : [percent(ranked.pCorrect), interval(ranked)];
}

const perThousand = ({ usdPerAnswer }: RankedModel) => (usdPerAnswer == null ? '-' : perThousandWords(usdPerAnswer));

export function decisionText(shown: Shown<Decision>): string {
  const { decision } = shown;
  const hasAnswers = decision.ranking.some(({ usdPerAnswer }) => usdPerAnswer != null);
  const rows = decision.ranking.slice(0, SHOWN).map((m) => {
    const prices = [price(m.usdPerMTok), ...(hasAnswers ? [perThousand(m)] : [])];
    return [m.model, ...qualityCells(decision, m), ...prices];
  });
  const quality = QUALITY_COLUMNS[decision.chance === null ? 'distance' : 'chance'];
  const header = ['model', ...quality, '$/MTok', ...(hasAnswers ? ['$/1,000 answers'] : [])];
  return [...heading(decision), '', ...table(header, rows), ...ending(shown)].join('\n');
}

export function taskText(shown: Shown<TaskDecision>): string {
  const { decision } = shown;
  const isChance = decision.chance !== null;
  const rows = decision.ranking.slice(0, SHOWN).map((m) => {
    const p = `${m.p.toFixed(2)}${m.pMeasured ? ' measured' : ''}`;
    const quality = isChance ? interval(m) : belowBest(decision.ranking, m);
    return [m.model, quality, m.s1.toFixed(3), m.s2.toFixed(3), m.s3.toFixed(3), p, price(m.usdPerMTok)];
  });
  const labels = decision.labelled > 0 ? `, ${decision.labelled} labelled` : '';
  return [
    ...heading(decision),
    '',
    `${decision.inputs} prompts${labels}, policy ${decision.policy}, distance u ${decision.u.toFixed(3)}`,
    ...table(['model', isChance ? '95%' : 'below best', 'S1', 'S2', 'S3', 'p', '$/MTok'], rows),
    ...ending(shown),
  ].join('\n');
}

export function cascadeText(plan: CascadePlan): string {
  const { steps, fallbackReason, excluded } = plan;
  const rows = steps.map((step, i) => [
    `${i + 1}. ${step.model}`,
    price(step.usdPerMTok),
    percent(step.pCorrect),
    percent(step.pIfReached),
    percent(step.reach),
    i + 1 < steps.length ? percent(step.threshold) : '-',
    percent(step.expectedQuality),
    average(step.expectedUsdPerMTok),
  ]);
  const unpriced = excluded.filter(({ reason }) => reason === 'price_unknown').length;
  return [
    ...(fallbackReason === null ? [] : [style('yellow', cascadeWords(fallbackReason))]),
    ...(plan.truncated ? [style('yellow', 'Only the beginning of the text was read.')] : []),
    ...table(['ask', '$/MTok', 'right', 'if asked', 'asked', 'go on below', 'quality so far', '$ so far'], rows),
    '',
    `With a judge that never errs: right with ${percent(plan.expectedQuality)}, for ${average(plan.expectedUsdPerMTok)} ` +
      `per million tokens, at worst ${price(plan.worstUsdPerMTok)}.`,
    ...(unpriced > 0 ? [style('dim', `Without a price, and left out: ${unpriced}.`)] : []),
  ].join('\n');
}

/** Returns the metric of each task's outcomes, if the builder recorded it. */
function metricsOf(info: IndexInfo): Map<string, string> {
  const datasets = field(info.metadata, 'datasets');
  if (!Array.isArray(datasets)) return new Map();
  return new Map(
    datasets.flatMap((dataset) => {
      const [name, metric] = [textField(dataset, 'name'), textField(dataset, 'metric')];
      if (name === undefined || metric === undefined) return [];
      const [low, high] = [numberField(dataset, 'range', 0) ?? 0, numberField(dataset, 'range', 1) ?? 1];
      const range = low === 0 && high === 1 ? '' : `, ${low} to ${high}`;
      const threshold = numberField(dataset, 'threshold');
      return [[name, `${metric}${range}${threshold === undefined ? '' : `, right above ${threshold}`}`] as const];
    }),
  );
}

/** Returns how the models' results on a task are known. */
function knownBy({ scores, links }: TaskInfo): string {
  const count = (n: number, one: string) => `${n} ${one}${n === 1 ? '' : 's'}`;
  if (links !== undefined) return `links to ${count(links, 'task')}`;
  return scores === undefined ? 'outcomes' : `scores of ${count(scores, 'model')}`;
}

export function familiesText({ count, answerValue, linear }: NonNullable<IndexInfo['families']>): string {
  const value = answerValue === null ? 'no setting of its own' : `a right answer is worth ${price(answerValue)}`;
  return `${count} ${count === 1 ? 'family' : 'families'} of prompts${linear ? ' and a linear part' : ''}, ${value}`;
}

/** Formats the description of an index, whose texts are printable; `metadata` is shown as JSON, unchanged. */
export function indexText(info: IndexInfo, metadata: unknown): string {
  const { routing } = info;
  const models = info.models.map((m) => [
    m.name,
    m.meanOutcome === null ? '-' : m.meanOutcome.toFixed(3),
    m.paramsB === null ? '-' : `${m.paramsB.toFixed(1)}B`,
    price(m.usdPerMTokIn),
    price(m.usdPerMTokOut),
  ]);
  const metrics = metricsOf(info);
  const hasOthers = info.tasks.some(({ scores, links }) => scores !== undefined || links !== undefined);
  const tasks = info.tasks.map((task) => [
    task.name,
    String(task.rows),
    ...(metrics.size > 0 ? [metrics.get(task.name) ?? '-'] : []),
    ...(hasOthers ? [knownBy(task)] : []),
  ]);
  const sections = info.sections.map((s) => [s.name, String(s.offsetBytes), String(s.sizeBytes)]);
  return [
    style('bold', `${info.rows} samples, ${info.tasks.length} tasks, ${info.models.length} models`),
    `${size(info.sizeBytes)}, format ${info.formatVersion.join('.')}, ${info.dim} dimensions in ${info.codes}, ` +
      `${info.graded ? 'graded' : 'binary'} outcomes, ${info.missingOutcomes} missing`,
    `embedder ${info.embedder.id || '(none named)'} ${info.embedder.hash}`.trimEnd(),
    `k ${routing.k}, kappa ${routing.kappa}, t ${routing.threshold}, sigma ${routing.sigma}, eta ${routing.eta}, ` +
      `${info.pairs} training pairs`,
    `best single model ${info.bestSingleModel ?? '-'}`,
    ...(info.families === undefined ? [] : [familiesText(info.families)]),
    '',
    ...table(['model', 'mean', 'params', '$/MTok in', 'out'], models),
    '',
    ...table(['task', 'samples', ...(metrics.size > 0 ? ['metric'] : []), ...(hasOthers ? ['known by'] : [])], tasks),
    '',
    ...table(['section', 'offset', 'bytes'], sections),
    '',
    printableJson(JSON.stringify(metadata, null, 2)),
  ].join('\n');
}
