// The measurements of the embedders' benchmark: times with the two sides taking turns, and loads and memory in fresh
// browsers.
import { setTimeout as pause } from 'node:timers/promises';
import { median } from './kernels.mjs';
import { withPage, withProfile } from './onnx-browser.mjs';
import { textsOf } from './onnx-sides.mjs';

export const SIDES = ['signalbox', 'transformers'];

/** A runtime's threads spin briefly after their work; this pause keeps them out of the other side's time. */
const REST_MS = 50;
/** WebAssembly is slow until the engine has compiled the hot code a second time. */
const WARM_UP_TOKENS = 64;
/** Cases of at most this number of tokens are repeated OFTEN times as often, because they are quick. */
const FEW_TOKENS = 128;
const OFTEN = 3;

/** After a load the heap is tidied up, and the downloads are still being stored. */
const SETTLE_MS = 3000;

async function checkTokens(page, text, tokens) {
  for (const side of SIDES) {
    const counted = await page.call('countTokens', side, text);
    if (counted !== tokens) throw new Error(`${side} reads ${counted} tokens, expected ${tokens}`);
  }
}

async function warmUp(page, words, ms) {
  const texts = textsOf(words, WARM_UP_TOKENS, 2);
  for (const side of SIDES) {
    for (let spent = 0; spent < ms; ) spent += await page.call('embed', side, texts);
  }
}

/** Returns the medians of one case, and the distance between the vectors. */
async function takeTurns(page, texts, repeats) {
  const samples = Object.fromEntries(SIDES.map((side) => [side, []]));
  const cpu = Object.fromEntries(SIDES.map((side) => [side, []]));
  for (let turn = 0; turn <= repeats; ++turn) {
    for (const side of SIDES) {
      await pause(REST_MS);
      const before = page.renderer.cpuMs();
      const ms = await page.call('embed', side, texts);
      if (turn === 0) continue; // Warm-up.
      samples[side].push(ms / texts.length);
      cpu[side].push(page.renderer.cpuMs() - before);
    }
  }
  const [signalbox, transformers] = SIDES.map((side) => median(samples[side]));
  return {
    signalbox,
    transformers,
    pairs: median(samples.signalbox.map((ms, i) => ms / samples.transformers[i])),
    cpu: median(cpu.signalbox) / median(cpu.transformers),
    ...(await page.call('compare')),
    samples,
  };
}

/** Yields times in ms per prompt, one result after the other. */
export async function* measureTimes({ origin, words }, plan) {
  for (const dtype of plan.dtypes) {
    for (const threads of plan.threads) {
      const results = [];
      await withProfile((profile) =>
        withPage(origin, profile, async (page) => {
          for (const side of SIDES) await page.call('load', side, { dtype, threads });
          await warmUp(page, words, plan.warmUpMs);
          for (const { tokens, batch } of plan.cases) {
            const texts = textsOf(words, tokens, batch);
            await checkTokens(page, texts[0], tokens);
            const repeats = plan.repeats * (tokens * batch <= FEW_TOKENS ? OFTEN : 1);
            const result = await takeTurns(page, texts, repeats);
            results.push({ dtype, threads, tokens, batch, ...result });
          }
        }),
      );
      yield* results;
    }
  }
}

/**
 * Loads once with an empty profile and measures the work after it, then loads again in a browser with the same profile.
 */
async function loadTwice({ origin, words }, side, dtype, plan) {
  const options = { dtype, threads: plan.memory.threads };
  const texts = textsOf(words, plan.memory.tokens, plan.memory.batch);
  return withProfile(async (profile) => {
    const first = await withPage(origin, profile, async (page) => {
      const emptyMs = await page.call('load', side, options);
      await pause(SETTLE_MS);
      const loadPeak = page.renderer.peak();
      const steady = page.renderer.inUse();
      page.renderer.forgetPeak();
      await page.call('embed', side, texts);
      return { emptyMs, loadPeak, steady, embedPeak: page.renderer.peak() };
    });
    return withPage(origin, profile, async (page) => {
      const cachedMs = await page.call('load', side, options);
      await pause(SETTLE_MS);
      return { ...first, cachedMs, cachedPeak: page.renderer.peak() };
    });
  });
}

const mediansOf = (runs) =>
  Object.fromEntries(Object.keys(runs[0]).map((key) => [key, median(runs.map((run) => run[key]))]));

/** Yields load times in ms and memory in bytes, by type and side. */
export async function* measureLoads(setup, plan) {
  for (const dtype of plan.dtypes) {
    const runs = Object.fromEntries(SIDES.map((side) => [side, []]));
    for (let turn = 0; turn < plan.loads; ++turn) {
      for (const side of SIDES) runs[side].push(await loadTwice(setup, side, dtype, plan));
    }
    yield { dtype, signalbox: mediansOf(runs.signalbox), transformers: mediansOf(runs.transformers) };
  }
}
