/** A section whose code is loaded after the first decision, so as not to delay it. */
import { useSignal } from '@preact/signals';
import type { ComponentType } from 'preact';
import { useEffect } from 'preact/hooks';
import { loadAgain } from './offline/offline.js';
import { checkVersion, isReplaced, REPLACED } from './offline/version.js';
import { afterFirstAnswer } from './state.js';

interface Props {
  id: string;
  title: string;
  load: () => Promise<ComponentType>;
}

/** Says that a part of the page could not be loaded, and offers to try again. */
export function LoadFailed({ onAgain }: { onAgain: () => void }) {
  return (
    <div role="alert" class="failed">
      <p>{isReplaced.value ? REPLACED : 'This part of the page could not be loaded.'}</p>
      <button type="button" class="small" onClick={isReplaced.value ? loadAgain : onAgain}>
        {isReplaced.value ? 'Load again' : 'Try again'}
      </button>
    </div>
  );
}

export function LazySection({ id, title, load }: Props) {
  const body = useSignal<ComponentType | undefined>(undefined);
  const failure = useSignal('');
  const start = () => {
    failure.value = '';
    load().then(
      (loaded) => {
        body.value = loaded;
      },
      async (error: unknown) => {
        await checkVersion();
        failure.value = String(error);
      },
    );
  };
  useEffect(() => afterFirstAnswer(start), []);
  const Body = body.value;
  return (
    <section id={id} aria-labelledby={`${id}-title`}>
      <h2 id={`${id}-title`}>{title}</h2>
      {Body !== undefined && <Body />}
      {Body === undefined && failure.value === '' && (
        <p class="placeholder" data-loading>
          Loading
        </p>
      )}
      {failure.value !== '' && <LoadFailed onAgain={start} />}
    </section>
  );
}
