/** A section whose code is loaded after the first decision, so that nothing stands in its way. */
import { useSignal, useSignalEffect } from '@preact/signals';
import type { ComponentType } from 'preact';
import { answer, status } from './state.js';

interface Props {
  id: string;
  title: string;
  load: () => Promise<ComponentType>;
}

/** Safari has no requestIdleCallback. */
const whenIdle = (action: () => void) =>
  'requestIdleCallback' in globalThis ? requestIdleCallback(action, { timeout: 2000 }) : setTimeout(action, 200);

export function Later({ id, title, load }: Props) {
  const body = useSignal<ComponentType | undefined>(undefined);
  const failure = useSignal('');
  const isStarted = useSignal(false);
  const start = () => {
    isStarted.value = true;
    failure.value = '';
    load().then(
      (loaded) => {
        body.value = loaded;
      },
      (error: unknown) => {
        failure.value = String(error);
      },
    );
  };
  useSignalEffect(() => {
    const isSettled = answer.value !== undefined || status.value.kind === 'failed';
    if (isSettled && !isStarted.peek()) whenIdle(start);
  });
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
      {failure.value !== '' && (
        <div role="alert" class="failed">
          <p>This part of the page could not be loaded.</p>
          <button type="button" class="small" onClick={start}>
            Try again
          </button>
        </div>
      )}
    </section>
  );
}
