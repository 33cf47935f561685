// Waiting for what no event tells: a question is asked again until its answer is true.
import { setTimeout as sleep } from 'node:timers/promises';

/** A test that waits this long has failed. It is no measure of speed: machines under load take a minute for what takes a second. */
export const LIMIT_MS = 180_000;

/** Asks again until the answer is true, and returns it; the error says what was waited for. */
export async function waitFor(what, ask, { pause = 50 } = {}) {
  const end = Date.now() + LIMIT_MS;
  for (;;) {
    const answer = await ask();
    if (answer) return answer;
    if (Date.now() > end) throw new Error(`expected ${what}, got nothing within ${LIMIT_MS / 1000} s`);
    await sleep(pause);
  }
}

/** Repeats an action until it has taken effect: windows and dialogs that have just opened ignore keys for half a second. */
export async function repeat(what, act, isDone) {
  const end = Date.now() + LIMIT_MS;
  while (Date.now() < end) {
    await act();
    // Longer than the half second, which starts anew with each key that is ignored.
    for (let left = 14; left > 0; left -= 1) {
      if (await isDone()) return;
      await sleep(50);
    }
  }
  throw new Error(`expected ${what}, got nothing within ${LIMIT_MS / 1000} s`);
}
