/** Makes a plan from result files in this thread, and says what to grade next for it. */

import { stepsFor, toInput, workHere } from '../building/build-files.js';
import { listOfFiles } from '../building/given-files.js';
import type { BenchmarkFile } from '../building/types.js';
import { tracked } from '../errors.js';
import type { InputFile } from '../importing/input-file.js';
import { checkOptions, invalid } from '../options.js';
import { planFrom } from './from-files.js';
import { nextLabelsFrom } from './next-labels.js';
import type { NextLabelsOptions, PlanNextLabels } from './next-types.js';
import { checkPlanSettings, NEXT_KEYS, PLAN_KEYS } from './option-keys.js';
import type { Planned, PlanOptions } from './types.js';

/**
 * Plans what to send where: from graded prompts of one's own, with at least two models, to a rule with its estimated
 * savings and risks, and an index for `Router.load` that follows it. Reads what `buildFromFiles` reads. Runs in this
 * thread; pages should prefer `planInWorker`. Nothing leaves the device. The same files, options and seed give the same
 * plan.
 *
 * Costs come from the files: US dollars per answer, else tokens and a price. Prices come from `prices`, else from an index
 * that knows the model (see `index`). The limit is 100,000 prompts and 64 models.
 * Errors: those of `buildFromFiles`; `invalid_argument` also for fewer than two models, 30 prompts or 10 groups, for
 * several targets and for a target that needs costs which are not known; `unknown_model` for the baseline.
 *
 * @example
 * ```js
 * const { plan: result, index } = await plan(files, { atMost: 1 });
 * console.log(planSentences(result).headline);
 * const router = await Router.load({ index });
 * ```
 */
export async function plan(files: Iterable<BenchmarkFile | InputFile>, options: PlanOptions = {}): Promise<Planned> {
  checkOptions(options, PLAN_KEYS);
  const { embedder: _e, wasm, labWasm: _l, signal: _s, onProgress: _p, ...settings } = options;
  checkPlanSettings(settings);
  return workHere(files, options, (lab, inputs, embedder, steps) =>
    planFrom(lab, inputs, { embedder }, settings, steps, undefined, { wasm }),
  );
}

/** Most prompts of one batch. */
const MOST_NEXT = 10_000;

/**
 * Says which `n` prompts to grade next for a plan, and for which models: rows of the files without grades, or with some, and
 * other `prompts`. They are drawn at random, so that the estimates of the plan may rest on them; `chosen` of them are chosen
 * because the models' answers differ, and only train the rule. Rows that were drawn before and lack grades come first. Fewer
 * than `n` rows if no more are left. Runs in this thread; pages should prefer `nextLabelsInWorker`. Nothing leaves the device.
 * Errors: those of reading files (see `buildFromFiles`); `invalid_argument` for fewer than two models, and for `prompts`
 * beside files of several datasets.
 *
 * @example
 * ```js
 * const next = await nextLabels(20, { files });
 * for (const { prompt, models, reason } of next.rows) console.log(prompt, models, reason);
 * ```
 */
export async function nextLabels(n: number, options: NextLabelsOptions): Promise<PlanNextLabels> {
  checkOptions(options, NEXT_KEYS);
  if (!(Number.isInteger(n) && n >= 1 && n <= MOST_NEXT)) throw invalid(`got ${n} prompts, expected 1 to ${MOST_NEXT}`);
  const { files, signal, onProgress, ...settings } = options;
  const progress = tracked(onProgress);
  try {
    return await nextLabelsFrom(n, listOfFiles(files).map(toInput), settings, stepsFor(signal, progress.call));
  } catch (cause) {
    progress.rethrow();
    throw cause;
  }
}
