/** Makes a plan from files: imports, joins, embeds, estimates, and assembles the index. The same in a page and in Node.js. */

import type { Benchmark } from '../building/benchmark.js';
import { matrixOf } from '../building/families.js';
import { namesOfFamilies } from '../building/family-words.js';
import { checkReport, dimOf, join, type VectorOrigin, vectorise } from '../building/from-files.js';
import { type Imported, importFiles } from '../building/import-files.js';
import { RowDetails } from '../building/row-details.js';
import { memoryStorage, type Storage } from '../building/storage.js';
import { throwIfAborted } from '../errors.js';
import type { InputFile } from '../importing/input-file.js';
import { invalid } from '../options.js';
import type { Steps } from '../steps.js';
import type { WasmSource } from '../types.js';
import { VERSION } from '../version.js';
import type { Lab } from '../wasm/lab-module.js';
import type { LabPlan, PlanArrays } from '../wasm/lab-plan.js';
import {
  baselineOf,
  checkEnough,
  checkGroups,
  checkMeasured,
  checkRandom,
  MOST_DATASETS,
  MOST_ROWS,
} from './checks.js';
import { KnownModels } from './known-models.js';
import { answersOf, divideRows, type GradedRows, promiseOf, randomOf, termsOf, testedNumbers } from './max-loss.js';
import { notesOf } from './notes.js';
import { planOf } from './numbers.js';
import { checkPlanSettings, type ReadTarget } from './option-keys.js';
import { planIndex } from './plan-index.js';
import { type Priced, priced } from './priced.js';
import { contradictions, factsOf } from './prompts.js';
import { groupRows, nearDuplicates } from './row-groups.js';
import type { Plan, Planned, PlanPromise, PlanSettings } from './types.js';

/** Milliseconds of work in the lab between two turns of the event loop. */
const TURN_MS = 30;

/** Runs all steps of a plan in the lab; between them the event loop has its turn. */
async function work(plan: LabPlan, steps: Steps): Promise<void> {
  steps.begin('planning');
  for (let units = 1; ; ) {
    const start = performance.now();
    const { done, total } = plan.step(units);
    await steps.update(done, total);
    if (done >= total) return;
    const took = performance.now() - start;
    // The results do not depend on how steps are grouped.
    if (took < TURN_MS / 2) units *= 2;
    else if (took > 2 * TURN_MS) units = Math.max(1, Math.floor(units / 2));
  }
}

/** Returns the marks of the rows that were chosen; `undefined` if all were drawn at random. */
function chosenOf(order: Uint32Array, details: RowDetails): Uint8Array | undefined {
  const marks = Uint8Array.from(order, (row) => Number(details.isChosen(row)));
  return marks.includes(1) ? marks : undefined;
}

/** Returns whether the datasets of the files are the families. */
const hasLabels = ({ datasets }: Benchmark): boolean =>
  datasets.filter(({ rows }) => rows > 0).length >= 2 && datasets.length <= MOST_DATASETS;

/** Runs a plan in the lab, and frees its memory there on every path. `use` has the finished plan. */
async function withPlan<T>(lab: Lab, arrays: PlanArrays, steps: Steps, use: (plan: LabPlan) => Promise<T>): Promise<T> {
  const plan = lab.openPlan(arrays);
  try {
    await work(plan, steps);
    return await use(plan);
  } finally {
    plan.close();
  }
}

/** Names the families by their words, or by numbers. */
async function wordNames(
  imported: Imported,
  benchmark: Benchmark,
  rowFamilies: Uint16Array,
  count: number,
  words: boolean,
  steps: Steps,
): Promise<string[]> {
  if (count === 1) return ['all prompts'];
  return namesOfFamilies(imported, benchmark, rowFamilies, { count, words }, steps);
}

/** Checks what depends on the models and their costs. Errors: those of `baselineOf`; `invalid_argument`. */
function checkCosts({ costs, withoutCost, benchmark }: Priced, target: ReadTarget, given: string | undefined) {
  const names = benchmark.models.map(({ name }) => name);
  const known = costs.origins.filter((origin) => origin !== 'unknown').length;
  if (known < 2 && (target.kind === 'save' || target.kind === 'budget')) {
    throw invalid(
      `got the target ${target.kind}, but no costs: expected columns 'model|cost_usd', tokens with prices, or prices`,
    );
  }
  return baselineOf(given, [...names, ...withoutCost], names);
}

async function planWith(
  known: KnownModels,
  lab: Lab,
  files: readonly InputFile[],
  origin: VectorOrigin,
  settings: PlanSettings,
  target: ReadTarget,
  steps: Steps,
  storage: Storage,
  wasm: WasmSource | undefined,
): Promise<Planned> {
  const details = new RowDetails(MOST_ROWS);
  const imported = await importFiles(files, { ...settings, details }, storage, steps);
  throwIfAborted(steps.signal);
  const dim = dimOf(origin, imported, settings.dims);
  const joined = join(imported, origin.matrix !== undefined, { dim });
  checkReport(joined.report);
  checkEnough(joined.benchmark, dim);
  const facts = await factsOf(imported, joined.benchmark, steps);
  const found = await priced(joined, details, facts, settings, steps, known);
  const { benchmark, costs, hashes } = found;
  checkEnough(benchmark, dim);
  const baseline = checkCosts(found, target, settings.baseline);
  const { order } = benchmark;

  const vectorised = await vectorise({ ...joined, benchmark }, origin, settings.dims, storage, steps);
  steps.begin('looking for near-duplicates');
  const embeddings = await matrixOf(order, vectorised.slotOf, vectorised.vectors, steps);
  const near = await nearDuplicates(embeddings, vectorised.vectors.dim, (done, total) => steps.update(done, total));
  const groups = groupRows(order, details, hashes, near);

  const models = benchmark.models.map(({ name }) => name);
  const outcomes = benchmark.outcomes(order);
  const isLabelled = hasLabels(benchmark);
  const seed = settings.seed ?? 1;
  const { maxLoss } = settings;
  const chosen = chosenOf(order, details);
  const all: GradedRows = { benchmark, dim, embeddings, outcomes, costs: costs.usd, groups: groups.groupOf, chosen };
  const random = randomOf(all);
  checkRandom(random.groups.length, order.length);
  checkMeasured(
    benchmark.models.map(({ name }) => name),
    random.outcomes,
  );
  checkGroups(new Set(random.groups).size, random.groups.length, chosen && 'prompts drawn at random');
  const { rule, test } = maxLoss === undefined ? { rule: all } : divideRows(lab, all, seed);
  const scored = test === undefined ? random : randomOf(rule);
  if (test !== undefined) checkEnough(scored.benchmark, dim, ' to make the rule from, three of ten');
  const arrays = {
    spec: {
      dim,
      models: models.length,
      families: isLabelled ? benchmark.datasets.length : 0,
      target: target.inLab,
      baseline,
      seed,
    },
    ...rule,
    families: isLabelled ? rule.benchmark.rowTasks : undefined,
    prior: await known.priorOf(models, rule.embeddings, dim, vectorised.embedder, steps),
  };
  const noteFacts = {
    models,
    ...costs,
    withoutCost: found.withoutCost,
    prices: found.prices,
    oddFigures: details.oddFigures,
    rows: order.length,
    contradictory: contradictions(order, outcomes, hashes, details),
    ...groups,
    outcomes: random.outcomes,
    similarNames: joined.report.similarNames,
  };
  return withPlan(lab, arrays, steps, async (inLab) => {
    const estimated = inLab.finish();
    const count = estimated.numbers.families.length;
    const families = isLabelled
      ? benchmark.datasets.map(({ name }) => name)
      : await wordNames(imported, scored.benchmark, estimated.rowFamilies, count, settings.words ?? true, steps);
    // The index has the random rows only: what it knows of the traffic, such as its best model, is learnt from them.
    const parts = { rowFamilies: estimated.rowFamilies, families, benchmark: scored.benchmark, vectorised };
    const assembled = (predictor: Uint8Array, plan?: Plan) =>
      planIndex(lab, { ...parts, plan, predictor, prices: found.prices }, settings, imported, steps);

    let { numbers, predictor } = estimated;
    let promise: PlanPromise | null = null;
    if (maxLoss !== undefined && test !== undefined) {
      const answeredBy = await answersOf(await assembled(predictor), test, models, wasm, steps);
      const tested = inLab.promise({ spec: { ...termsOf(maxLoss), seed }, ...test, answeredBy });
      predictor = tested.predictor;
      numbers = testedNumbers(numbers, tested.numbers);
      promise = promiseOf(maxLoss, tested.numbers, scored.groups.length, test.groups.length);
    }
    const plan = planOf({
      numbers,
      models,
      origins: costs.origins,
      families,
      familiesFrom: isLabelled ? 'dataset' : count === 1 ? 'one' : 'found',
      target,
      isBaselineGiven: baseline !== undefined,
      seed,
      volume: settings.volume,
      version: VERSION,
      notes: notesOf(noteFacts, { ...numbers, groups: new Set(random.groups).size }),
      selection: { random: random.groups.length, chosen: estimated.numbers.chosenRows },
      promise,
    });
    return { plan, index: await assembled(predictor, plan), report: joined.report };
  });
}

export interface PlanContext {
  /** Address of `signalbox.wasm`, which reads the index that knows models. */
  wasm?: WasmSource | undefined;
}

/**
 * Makes a plan; see `plan` for the errors. `origin` has the embedder, `storage` keeps prompts and vectors. The memory of the
 * wasm modules is freed on every path.
 */
export async function planFrom(
  lab: Lab,
  files: readonly InputFile[],
  origin: VectorOrigin,
  settings: PlanSettings,
  steps: Steps,
  storage: Storage = memoryStorage(),
  { wasm }: PlanContext = {},
): Promise<Planned> {
  const target = checkPlanSettings(settings);
  const known = new KnownModels(settings.index, wasm, steps.signal);
  try {
    return await planWith(known, lab, files, origin, settings, target, steps, storage, wasm);
  } finally {
    known.dispose();
  }
}
