/**
 * Notices the end of a worker. A thread of Node.js sends an event; a page's worker that was terminated, or that the system
 * ended, sends none. A worker therefore holds a lock, which the browser releases when the worker ends.
 */

/** Silent rounds of `watchAnswers` after which a worker counts as gone. */
const SILENT_ROUNDS = 12;
const ROUND_MS = 5000;

const locks = (): LockManager | undefined => globalThis.navigator?.locks;

let ownLock: Promise<string | undefined> | undefined;

/** Returns the name of a lock that this worker holds until its end; `undefined` without locks, or outside of a worker. */
export function lockOfThread(): Promise<string | undefined> {
  if (locks() === undefined || !('WorkerGlobalScope' in globalThis)) return Promise.resolve(undefined);
  ownLock ??= new Promise<string>((resolve, reject) => {
    const name = `signalbox worker ${Math.random().toString(36).slice(2)}`;
    const hold = () => {
      resolve(name);
      return new Promise<never>(() => undefined);
    };
    locks()?.request(name, hold).catch(reject);
  }).catch(() => undefined); // There are no locks for opaque origins.
  return ownLock;
}

/**
 * Calls `onGone` once the lock is released. Resolves to whether it can be watched: a thread of another origin has locks of
 * its own, which this one does not see.
 */
export async function watchLock(name: unknown, onGone: () => void, signal: AbortSignal): Promise<boolean> {
  if (typeof name !== 'string' || locks() === undefined) return false;
  try {
    const isHeld = await locks()?.request(name, { ifAvailable: true }, (lock) => lock === null);
    if (isHeld !== true) return false;
    locks()
      ?.request(name, { signal }, onGone)
      .catch(() => undefined); // Aborted.
    return true;
  } catch {
    return false;
  }
}

/**
 * Calls `ping` regularly while `isWaiting`, and `onGone` after a minute without a sign of life. Rounds are counted, not
 * time: a page that was suspended has not waited. Between two steps of its work a worker answers, and no step takes nearly as
 * long.
 */
export function watchAnswers(
  { isWaiting, ping, onGone }: { isWaiting(): boolean; ping(): void; onGone(): void },
  signal: AbortSignal,
): () => void {
  let silent = 0;
  const timer = setInterval(() => {
    if (!isWaiting()) silent = 0;
    else if (silent++ >= SILENT_ROUNDS) onGone();
    else ping();
  }, ROUND_MS);
  (timer as { unref?(): void }).unref?.();
  signal.addEventListener('abort', () => clearInterval(timer));
  return () => {
    silent = 0;
  };
}
