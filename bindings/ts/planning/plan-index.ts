/** Assembles the index of a plan: all rows with families for tasks, the predictor, and the plan itself. */

import { assemble } from '../building/assemble.js';
import type { Benchmark } from '../building/benchmark.js';
import { inFamilies } from '../building/families.js';
import { textsOf, type Vectorised } from '../building/from-files.js';
import type { Imported } from '../building/import-files.js';
import { concatenate } from '../files/sources.js';
import type { Steps } from '../steps.js';
import type { DatedPrice } from '../types.js';
import { exactJson } from '../wasm/exact-json.js';
import type { Lab } from '../wasm/lab-module.js';
import type { Plan, PlanSettings } from './types.js';

export interface IndexParts {
  /** `undefined`: the index does not show one. */
  plan: Plan | undefined;
  /** Bytes of the predictor. */
  predictor: Uint8Array;
  /** [rows] */
  rowFamilies: Uint16Array;
  /** Names, in the order of the predictor. */
  families: readonly string[];
  benchmark: Benchmark;
  vectorised: Vectorised;
  /** By model. */
  prices: readonly (DatedPrice | undefined)[];
}

/** Limit for the plan in an index, in bytes: an index with a longer one routes, but does not show it. */
const MOST_PLAN_BYTES = 2 ** 20;

function storable(plan: Plan): Plan | undefined {
  return new TextEncoder().encode(exactJson(plan)).length <= MOST_PLAN_BYTES ? plan : undefined;
}

/** Returns the bytes of the index. Errors: those of `assemble`. */
export async function planIndex(
  lab: Lab,
  { plan, predictor, rowFamilies, families, benchmark, vectorised, prices }: IndexParts,
  settings: PlanSettings,
  imported: Imported,
  steps: Steps,
): Promise<Uint8Array<ArrayBuffer>> {
  const { slotOf, vectors, embedder } = vectorised;
  const rows = inFamilies(benchmark, rowFamilies, families);
  const texts = settings.texts ? await textsOf(imported, rows, steps) : undefined;
  const known = rows.models.flatMap(({ name }, m) => (prices[m] === undefined ? [] : [[name, prices[m]] as const]));
  const { codes = 'int8', name, routing, maxWork } = settings;
  const index = await assemble(
    lab,
    rows,
    imported.collector.ids,
    slotOf,
    vectors,
    {
      codes,
      name,
      embedder,
      routing,
      prices: Object.fromEntries(known),
      maxWork,
      texts,
      families: predictor,
      plan: plan && storable(plan),
    },
    steps,
  );
  try {
    return concatenate(index.pieces());
  } finally {
    index.close();
  }
}
