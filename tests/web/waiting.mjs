// Waits for conditions that no event reports, by polling until they are true.
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * The wait after which a test has failed. It is not a measure of speed: under load, a machine can take a minute for a
 * task of one second.
 */
export const LIMIT_MS = 90_000;

/** Calls `ask` until its answer is true, and returns the answer. The error names the awaited condition. */
export async function waitFor(what, ask, { pause = 50 } = {}) {
  const end = Date.now() + LIMIT_MS;
  for (;;) {
    const answer = await ask();
    if (answer) return answer;
    if (Date.now() > end) throw new Error(`expected ${what}, got nothing within ${LIMIT_MS / 1000} s`);
    await sleep(pause);
  }
}

/** Repeats an action until it has taken effect, because new windows and dialogs ignore keys for half a second. */
export async function repeat(what, act, isDone) {
  const end = Date.now() + LIMIT_MS;
  while (Date.now() < end) {
    await act();
    // The wait exceeds the half second, which restarts with each ignored key.
    for (let left = 14; left > 0; left -= 1) {
      if (await isDone()) return;
      await sleep(50);
    }
  }
  throw new Error(`expected ${what}, got nothing within ${LIMIT_MS / 1000} s`);
}
