/** Status line: announces the result of the user's last action. */
import { type Signal, useSignal } from '@preact/signals';

interface Status {
  kind: 'nothing' | 'busy' | 'done' | 'failed';
  text: string;
}

function wordsOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.name === 'QuotaExceededError') return 'This browser’s storage is full.';
  return error.message;
}

const NOTHING: Status = { kind: 'nothing', text: '' };

/** `attempt` runs an action, one at a time, and shows its result or its error. */
export function useStatus() {
  const status = useSignal<Status>(NOTHING);
  const attempt = async (action: () => Promise<string>, busy = ''): Promise<boolean> => {
    if (status.peek().kind === 'busy') return false;
    status.value = { kind: 'busy', text: busy };
    try {
      status.value = { kind: 'done', text: await action() };
      return true;
    } catch (error) {
      status.value = { kind: 'failed', text: wordsOf(error) };
      return false;
    }
  };
  return { status, attempt };
}

export function StatusLine({ status, name }: { status: Signal<Status>; name: string }) {
  const { kind, text } = status.value;
  const isFailed = kind === 'failed';
  return (
    <p role={isFailed ? 'alert' : 'status'} class={isFailed ? 'failed' : 'status'} dir="auto" data-said={name}>
      {text}
    </p>
  );
}
