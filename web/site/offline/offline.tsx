/** Says whether the page would open without a network, and offers a new version of it. */
import { signal } from '@preact/signals';

type State = 'unknown' | 'kept' | 'new version' | 'impossible';
const state = signal<State>('unknown');
let waiting: ServiceWorker | undefined;

function watch(worker: ServiceWorker | null): void {
  worker?.addEventListener('statechange', () => {
    // Beside one that is at work already it is a new version, which waits.
    if (worker.state === 'installed' && navigator.serviceWorker.controller !== null) {
      waiting = worker;
      state.value = 'new version';
    }
  });
}

/** After the first decision: keeping the files takes bandwidth, which that one needs. */
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
    // No secure context, private browsing, no room: the page works all the same.
    state.value = 'impossible';
  }
}

function takeNewVersion(): void {
  navigator.serviceWorker.addEventListener('controllerchange', () => location.reload(), { once: true });
  waiting?.postMessage('take over');
}

const WORDS: Record<State, string> = {
  unknown: '',
  kept: 'This page is kept on this device: it works offline now.',
  'new version': 'There is a new version of this page.',
  impossible: 'This browser keeps no copy of the page: it needs the network to open.',
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
