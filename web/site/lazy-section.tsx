/** Sections whose code is loaded after the first decision, so as not to delay it, and parts of them that follow on demand. */
import { signal, useSignal } from '@preact/signals';
import type { ComponentType } from 'preact';
import { useEffect, useMemo } from 'preact/hooks';
import { loadAgain } from './offline/offline.js';
import { checkVersion, isReachable, isReplaced, REPLACED } from './offline/version.js';
import { afterFirstAnswer } from './state.js';

/**
 * Says that a part of the page could not be loaded, and offers to try again; or to load the page, since Firefox fetches a script
 * that failed only once in the life of a page.
 */
export function LoadFailed({ onAgain }: { onAgain: () => void }) {
  return (
    <div role="alert" class="failed">
      <p>{isReplaced.value ? REPLACED : 'This part of the page could not be loaded.'}</p>
      {!isReplaced.value && (
        <button type="button" class="small" onClick={onAgain}>
          Try again
        </button>
      )}{' '}
      {(isReplaced.value || isReachable.value) && (
        <button
          type="button"
          class={isReplaced.value ? 'small' : 'secondary outline small'}
          data-load-again
          onClick={loadAgain}
        >
          {isReplaced.value ? 'Load again' : 'Load the page again'}
        </button>
      )}
    </div>
  );
}

/** Length of the pause before a second try. */
const PAUSE_MS = 1000;

/** Loads a part of the page, after a failure once more: a single request may fail for reasons that pass. */
async function loadTwice(load: LoadedProps['load']): Promise<ComponentType> {
  try {
    return await load();
  } catch (error) {
    if (await checkVersion()) throw error;
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    return load();
  }
}

interface LoadedProps {
  load: () => Promise<ComponentType>;
  /** Calls its argument when the code is needed. */
  when: (action: () => void) => void;
  /** Set if it may never be needed. */
  isFar?: boolean;
}

/** A component whose code is loaded when it is needed. */
export function Loaded({ load, when, isFar = false }: LoadedProps) {
  const body = useSignal<ComponentType | undefined>(undefined);
  const failure = useSignal('');
  const isStarted = useSignal(!isFar);
  const start = () => {
    isStarted.value = true;
    failure.value = '';
    loadTwice(load).then(
      (loaded) => {
        body.value = loaded;
      },
      async (error: unknown) => {
        await checkVersion();
        failure.value = String(error);
      },
    );
  };
  useEffect(() => when(start), []);
  const Body = body.value;
  if (Body !== undefined) return <Body />;
  if (failure.value !== '') return <LoadFailed onAgain={start} />;
  return (
    <p class="placeholder" data-loading={isStarted.value ? '' : undefined} data-far={isStarted.value ? undefined : ''}>
      Loading
    </p>
  );
}

interface Props {
  id: string;
  title: string;
  load: () => Promise<ComponentType>;
}

/** Number of sections whose code is on its way, or will be by itself. */
export const unloaded = signal(0);

/** Counts a section until its code is there, or could not be loaded at first. */
function counted(load: Props['load']): Props['load'] {
  let isCounted = true;
  unloaded.value = unloaded.peek() + 1;
  return async () => {
    try {
      return await load();
    } finally {
      if (isCounted) unloaded.value = unloaded.peek() - 1;
      isCounted = false;
    }
  };
}

export function LazySection({ id, title, load }: Props) {
  const loadCounted = useMemo(() => counted(load), []);
  return (
    <section id={id} aria-labelledby={`${id}-title`}>
      <h2 id={`${id}-title`}>{title}</h2>
      <Loaded load={loadCounted} when={afterFirstAnswer} />
    </section>
  );
}

/** Calls `action` once a section is less than a screen away. */
const whenNear = (id: string) => (action: () => void) =>
  afterFirstAnswer(() => {
    const section = document.getElementById(id);
    if (section === null) return;
    const watch = new IntersectionObserver(
      ([entry]) => {
        if (!entry?.isIntersecting) return;
        watch.disconnect();
        action();
      },
      { rootMargin: '100%' },
    );
    watch.observe(section);
  });

/** A section whose code is loaded only where it is looked at. */
export function NearSection({ id, title, load }: Props) {
  // A link into the page has to know the height of all sections.
  if (location.hash.length > 1) return <LazySection id={id} title={title} load={load} />;
  return (
    <section id={id} aria-labelledby={`${id}-title`}>
      <h2 id={`${id}-title`}>{title}</h2>
      <Loaded load={load} when={whenNear(id)} isFar />
    </section>
  );
}

/** A section in a fold, for which few look: its code is loaded once it is opened, or named by the address, or `isWanted`. */
export function FoldedSection({ id, title, load, isWanted = false }: Props & { isWanted?: boolean }) {
  const isOpen = useSignal(isWanted);
  useEffect(() => {
    const open = () => {
      if (location.hash === `#${id}`) isOpen.value = true;
    };
    open();
    addEventListener('hashchange', open);
    return () => removeEventListener('hashchange', open);
  }, []);
  return (
    <section id={id} aria-label={title}>
      <details
        class="section-fold"
        open={isOpen.value}
        onToggle={(event) => {
          isOpen.value = event.currentTarget.open;
        }}
      >
        <summary>
          <h2>{title}</h2>
        </summary>
        {isOpen.value && <Loaded load={load} when={afterFirstAnswer} />}
      </details>
    </section>
  );
}
