/** What came of what a person did: said once, and read out. */
import { type Signal, useSignal } from '@preact/signals';

export interface Said {
  kind: 'nothing' | 'busy' | 'done' | 'failed';
  text: string;
}

function wordsOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.name === 'QuotaExceededError') return 'There is no room for it in this browser’s storage.';
  return error.message;
}

const NOTHING: Said = { kind: 'nothing', text: '' };

/** `attempt` does it, and says what it gives, or what went wrong; one at a time. */
export function useSaid() {
  const said = useSignal<Said>(NOTHING);
  const attempt = async (action: () => Promise<string>, busy = ''): Promise<boolean> => {
    if (said.peek().kind === 'busy') return false;
    said.value = { kind: 'busy', text: busy };
    try {
      said.value = { kind: 'done', text: await action() };
      return true;
    } catch (error) {
      said.value = { kind: 'failed', text: wordsOf(error) };
      return false;
    }
  };
  return { said, attempt };
}

export function SaidLine({ said, name }: { said: Signal<Said>; name: string }) {
  const { kind, text } = said.value;
  const isFailed = kind === 'failed';
  return (
    <p role={isFailed ? 'alert' : 'status'} class={isFailed ? 'failed' : 'status'} dir="auto" data-said={name}>
      {text}
    </p>
  );
}
