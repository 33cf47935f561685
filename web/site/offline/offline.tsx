/** Tells whether the page works offline, and offers a new version of it. */
import { computed, signal } from '@preact/signals';
import { isReplaced, REPLACED } from './version.js';

type State = 'unknown' | 'kept' | 'new version' | 'replaced' | 'impossible';
const found = signal<State>('unknown');
const state = computed(() => (isReplaced.value ? 'replaced' : found.value));

function watch(worker: ServiceWorker | null): void {
  worker?.addEventListener('statechange', () => {
    // If another worker already controls the page, this one is a new version that waits.
    if (worker.state === 'installed' && navigator.serviceWorker.controller !== null) found.value = 'new version';
  });
}

/** Caches the page's files. Called after the first decision, which needs the bandwidth first. */
export async function keepOffline(): Promise<void> {
  if (!('serviceWorker' in navigator)) {
    found.value = 'impossible';
    return;
  }
  try {
    const registration = await navigator.serviceWorker.register('./service-worker.js');
    watch(registration.installing);
    registration.addEventListener('updatefound', () => watch(registration.installing));
    await navigator.serviceWorker.ready;
    if (registration.waiting !== null) found.value = 'new version';
    else if (found.value === 'unknown') found.value = 'kept';
  } catch {
    // Insecure context, private browsing or a full disk: the page works without.
    found.value = 'impossible';
  }
}

/** Loads the page again, in the new version if one waits. Another tab may have taken that version already. */
export async function loadAgain(): Promise<void> {
  const registration = await navigator.serviceWorker?.getRegistration();
  if (!registration?.waiting) {
    location.reload();
    return;
  }
  navigator.serviceWorker.addEventListener('controllerchange', () => location.reload(), { once: true });
  registration.waiting.postMessage('take over');
}

const WORDS: Record<State, string> = {
  unknown: '',
  kept: 'This page is stored on this device and now works offline.',
  'new version': 'A new version of this page is available.',
  replaced: REPLACED,
  impossible: 'This browser cannot store the page, so opening it needs a network connection.',
};

export function Offline() {
  return (
    <p role="status" class="offline" data-offline={state.value}>
      {WORDS[state.value]}{' '}
      {(state.value === 'new version' || state.value === 'replaced') && (
        <button type="button" class="secondary outline small" onClick={loadAgain}>
          {state.value === 'replaced' ? 'Load again' : 'Load it'}
        </button>
      )}
    </p>
  );
}
