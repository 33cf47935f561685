/** Tells whether the page works offline, and offers a new version of it. */
import { signal } from '@preact/signals';

type State = 'unknown' | 'kept' | 'new version' | 'impossible';
const state = signal<State>('unknown');
let waiting: ServiceWorker | undefined;

function watch(worker: ServiceWorker | null): void {
  worker?.addEventListener('statechange', () => {
    // If another worker already controls the page, this one is a new version that waits.
    if (worker.state === 'installed' && navigator.serviceWorker.controller !== null) {
      waiting = worker;
      state.value = 'new version';
    }
  });
}

/** Caches the page's files. Called after the first decision, which needs the bandwidth first. */
export async function keepOffline(): Promise<void> {
  if (!('serviceWorker' in navigator)) {
    state.value = 'impossible';
    return;
  }
  try {
    const registration = await navigator.serviceWorker.register('./service-worker.js');
    watch(registration.installing);
    registration.addEventListener('updatefound', () => watch(registration.installing));
    await navigator.serviceWorker.ready;
    if (registration.waiting !== null) {
      waiting = registration.waiting;
      state.value = 'new version';
    } else if (state.value === 'unknown') {
      state.value = 'kept';
    }
  } catch {
    // Insecure context, private browsing or a full disk: the page works without.
    state.value = 'impossible';
  }
}

function takeNewVersion(): void {
  navigator.serviceWorker.addEventListener('controllerchange', () => location.reload(), { once: true });
  waiting?.postMessage('take over');
}

const WORDS: Record<State, string> = {
  unknown: '',
  kept: 'This page is stored on this device and now works offline.',
  'new version': 'A new version of this page is available.',
  impossible: 'This browser cannot store the page, so opening it needs a network connection.',
};

export function Offline() {
  return (
    <p role="status" class="offline" data-offline={state.value}>
      {WORDS[state.value]}{' '}
      {state.value === 'new version' && (
        <button type="button" class="secondary outline small" onClick={takeNewVersion}>
          Load it
        </button>
      )}
    </p>
  );
}
