/** A link to what is on the page. The prompt stands behind the #, which browsers send to no server. */
import { useSignal } from '@preact/signals';
import { ask, change, prompt, settings } from './state.js';

/** Longer ones are cut by mail programs and chat windows. */
const LONGEST_PROMPT = 4000;

export function linkTo(text: string, dial: number): string {
  const url = new URL(location.href);
  url.hash = new URLSearchParams({ prompt: text.slice(0, LONGEST_PROMPT), dial: String(dial) }).toString();
  return url.href;
}

/** What a link says; hostile like anything from outside: only a text and a number are taken. */
export function readFragment(fragment: string): { prompt?: string; dial?: number } {
  const said = new URLSearchParams(fragment.replace(/^#/, ''));
  const text = said.get('prompt');
  const dial = said.get('dial');
  const isDial = dial !== null && /^\d{1,3}$/.test(dial) && Number(dial) <= 100;
  return {
    ...(text === null ? {} : { prompt: text.slice(0, LONGEST_PROMPT) }),
    ...(isDial ? { dial: Number(dial) } : {}),
  };
}

export function openFragment(): void {
  const { prompt: text, dial } = readFragment(location.hash);
  if (dial !== undefined) change({ dial });
  if (text !== undefined) ask(text);
}

export function Share() {
  const said = useSignal('');
  const copy = async () => {
    const link = linkTo(prompt.value, settings.value.dial);
    history.replaceState(null, '', link);
    try {
      await navigator.clipboard.writeText(link);
      said.value = 'Copied.';
    } catch {
      said.value = 'The link is in the address bar.';
    }
  };
  return (
    <p class="share">
      <button type="button" class="secondary outline small" onClick={copy}>
        Copy a link
      </button>{' '}
      <small>The prompt is in the part behind the #, which no server gets to see.</small>{' '}
      <small role="status">{said}</small>
    </p>
  );
}
