/** Finds out whether another version replaced this page: the files that this one has not loaded yet are then gone. */
import { signal } from '@preact/signals';
import { SignalboxError } from 'signalbox';

export const isReplaced = signal(false);

/** Whether the page could be loaded again, as far as the last check knows: from its host, or as it is stored on this device. */
export const isReachable = signal(false);

export const REPLACED = 'This page was updated after it was opened. Load the page again to use all of it.';

/** The entry script's name contains a hash of all scripts and files that the page loads. */
const ENTRY = /assets\/index-[\w-]+\.js/;
const own = ENTRY.exec(document.querySelector<HTMLScriptElement>('script[type=module]')?.src ?? '')?.[0];

/** Compares this page with the one that would be opened now; returns whether it is another. */
export async function checkVersion(): Promise<boolean> {
  try {
    const response = await fetch('./', { cache: 'no-store' });
    isReachable.value = response.ok;
    const now = response.ok ? ENTRY.exec(await response.text())?.[0] : undefined;
    if (own !== undefined && now !== undefined && now !== own) isReplaced.value = true;
  } catch {
    // Without a network, files are missing for another reason.
    isReachable.value = false;
  }
  return isReplaced.peek();
}

/** Returns the error of something that may have failed to load; if the page was replaced, an error that says so. */
export async function explained(error: unknown): Promise<unknown> {
  const isOther = error instanceof SignalboxError && error.code !== 'network';
  return !isOther && (await checkVersion()) ? new Error(REPLACED) : error;
}

/** Checks when a new version takes over from another tab, and when the user goes back to this page. */
export function watchVersion(): void {
  const { serviceWorker } = navigator;
  // The first one takes over nothing: it has just stored this page.
  let isFirst = serviceWorker?.controller === null;
  serviceWorker?.addEventListener('controllerchange', () => {
    if (!isFirst) checkVersion();
    isFirst = false;
  });
  window.addEventListener('pageshow', ({ persisted }) => {
    if (persisted) checkVersion();
  });
}
