/** Makes a plan from result files in this thread. */

import { workHere } from '../building/build-files.js';
import type { BenchmarkFile } from '../building/types.js';
import type { InputFile } from '../importing/input-file.js';
import { checkOptions } from '../options.js';
import { planFrom } from './from-files.js';
import { checkPlanSettings, PLAN_KEYS } from './option-keys.js';
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
 *     const { plan: result, index } = await plan([fileFromBytes('graded.csv', bytes)], { atMost: 1 });
 *     console.log(planSentences(result).headline);
 *     const router = await Router.load({ index });
 */
export async function plan(files: Iterable<BenchmarkFile | InputFile>, options: PlanOptions = {}): Promise<Planned> {
  checkOptions(options, PLAN_KEYS);
  const { embedder: _e, wasm, labWasm: _l, signal: _s, onProgress: _p, ...settings } = options;
  checkPlanSettings(settings);
  return workHere(files, options, (lab, inputs, embedder, steps) =>
    planFrom(lab, inputs, { embedder }, settings, steps, undefined, { wasm }),
  );
}
