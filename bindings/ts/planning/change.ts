/** Tells whether new prompts are still like those that a plan was made for. */

import { anEmbedder, aSource, aWasmSource } from '../files/load-options.js';
import { readBytes } from '../files/sources.js';
import { aCallback, aCount, aSignal, checkOptions, invalid, type Keys } from '../options.js';
import { Router } from '../routing/router.js';
import type { LoadOptions, Source, WasmSource } from '../types.js';
import { loadLab } from '../wasm/lab-module.js';
import type { ChangeNumbers } from '../wasm/lab-plan.js';

/** Adjusted chance below which a difference is a change (src/planning/change.h). */
const LEVEL = 0.05;
/** Prompts that are embedded at once. */
const BLOCK = 64;

/** Options of `checkPlan`. */
export interface CheckPlanOptions {
  /** Default: the shipped one. */
  embedder?: LoadOptions['embedder'] | undefined;
  /** Addresses of `signalbox.wasm` and `signalbox-lab.wasm`, if not beside the package. */
  wasm?: WasmSource | undefined;
  labWasm?: WasmSource | undefined;
  /** Seed of the permutations. Default 1. */
  seed?: number | undefined;
  signal?: AbortSignal | undefined;
  /** Called with the number of embedded prompts. */
  onProgress?: ((event: { step: string; done: number; total: number }) => void) | undefined;
}

const KEYS: Keys<CheckPlanOptions> = {
  embedder: anEmbedder,
  wasm: aWasmSource,
  labWasm: aWasmSource,
  seed: aCount,
  signal: aSignal,
  onProgress: aCallback,
};

/** A test of "these prompts are drawn like those of the plan". */
export interface ChangeTest {
  /** Chance of a difference as large as this one or larger, if nothing has changed; adjusted for all tests (Holm). */
  p: number;
  changed: boolean;
  /** About the smallest shift that the test finds with a chance of 80%, as a share of prompts, 0..1. */
  smallest: number;
}

/** The result of `checkPlan`. */
export interface PlanChange {
  /** `true`: a test found a change. `false`: none did, which does not prove that nothing has changed. */
  changed: boolean;
  /** Prompts of the plan, and new ones, that were compared: at most 800 of each. */
  before: number;
  now: number;
  /** New prompts that the embedder cannot read; they are not compared. */
  unread: number;
  /** Share of prompts that are unlike all families, 0..1. */
  uncovered: { before: number; now: number };
  /** Prompts by family, in the order of the index. */
  families: { name: string; before: number; now: number }[];
  /** More uncovered prompts; other shares of families; other embeddings. */
  tests: { coverage: ChangeTest; families: ChangeTest; meaning: ChangeTest };
}

/** Embeds the prompts that can be read: [rows, dim]. */
async function embedRead(router: Router, prompts: readonly string[], options: CheckPlanOptions): Promise<Float32Array> {
  const { dim } = router.info;
  const values: Float32Array[] = [];
  for (let first = 0; first < prompts.length; first += BLOCK) {
    const block = prompts.slice(first, first + BLOCK);
    for (const { vector, unread } of await router.embed(block, { signal: options.signal })) {
      if (unread === undefined && vector.some((x) => x !== 0)) values.push(vector);
    }
    options.onProgress?.({ step: 'embedding', done: first + block.length, total: prompts.length });
  }
  const out = new Float32Array(values.length * dim);
  for (const [i, vector] of values.entries()) out.set(vector, i * dim);
  return out;
}

function changeOf(numbers: ChangeNumbers, names: readonly string[], unread: number): PlanChange {
  const { tests, families, ...shares } = numbers;
  const of = ({ adjusted, smallest }: ChangeNumbers['tests']['coverage']): ChangeTest => ({
    p: adjusted,
    changed: adjusted <= LEVEL,
    smallest,
  });
  const tested = { coverage: of(tests.coverage), families: of(tests.families), meaning: of(tests.meaning) };
  return {
    changed: Object.values(tested).some(({ changed }) => changed),
    ...shares,
    unread,
    families: families.map((counts, f) => ({ name: names[f] ?? String(f + 1), ...counts })),
    tests: tested,
  };
}

/**
 * Compares new prompts with those of a plan's index: coverage, sizes of families, and embeddings. It sees no outcomes: if
 * a model has become worse at the same prompts, only new grades can show it. Errors: those of `Router.load`;
 * `invalid_argument`: fewer than 20 prompts that can be read, or an index without families.
 *
 * @example
 * ```js
 * const change = await checkPlan('plan.sbx', prompts);
 * console.log(changeSentences(change).join('\n'));
 * ```
 */
export async function checkPlan(
  index: Source,
  prompts: readonly string[],
  options: CheckPlanOptions = {},
): Promise<PlanChange> {
  checkOptions(options, KEYS);
  aSource(index, 'index');
  const { embedder, wasm, labWasm, seed = 1, signal } = options;
  const bytes = await readBytes(index, { signal });
  const router = await Router.load({ index: bytes, embedder, texts: false, wasm, signal });
  try {
    const { families, tasks, dim } = router.info;
    if (families === undefined)
      throw invalid('the index has no families, expected one that signalbox plan has written');
    const vectors = await embedRead(router, prompts, options);
    const study = (await loadLab(labWasm, { signal })).openStudy(bytes);
    try {
      const rows = vectors.length / dim;
      const names = tasks.map(({ name }) => name);
      return changeOf(study.compare(vectors, rows, seed), names, prompts.length - rows);
    } finally {
      study.close();
    }
  } finally {
    router.dispose();
  }
}
