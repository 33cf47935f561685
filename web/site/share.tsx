/** A link to the current prompt and dial. The prompt is in the fragment, which browsers do not send to servers. */
import { useSignal } from '@preact/signals';
import { ask, change, prompt, settings } from './state.js';

/** Mail and chat programs cut longer links. */
const LONGEST_PROMPT = 4000;

/** Returns the part of a prompt that a link carries: its beginning, without half a character at the end. */
const carriedPart = (text: string) =>
  text.length <= LONGEST_PROMPT ? text : text.slice(0, LONGEST_PROMPT).replace(/[\uD800-\uDBFF]$/, '');

export function linkTo(text: string, dial: number): string {
  const url = new URL(location.href);
  url.hash = new URLSearchParams({ prompt: carriedPart(text), dial: String(dial) }).toString();
  return url.href;
}

/** Says that a link to this prompt is incomplete; empty if it is complete. */
function cutWords(text: string): string {
  const carried = carriedPart(text).length;
  if (carried === text.length) return '';
  return ` The link contains only the first ${carried.toLocaleString('en')} of ${text.length.toLocaleString('en')} characters.`;
}

/** Reads a link's fragment. It is untrusted input: only a text and a number are taken from it. */
export function readFragment(fragment: string): { prompt?: string; dial?: number } {
  const said = new URLSearchParams(fragment.replace(/^#/, ''));
  const text = said.get('prompt');
  const dial = said.get('dial');
  const isDial = dial !== null && /^\d{1,3}$/.test(dial) && Number(dial) <= 100;
  return {
    ...(text === null ? {} : { prompt: text }),
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
    const text = prompt.value;
    const link = linkTo(text, settings.value.dial);
    history.replaceState(null, '', link);
    try {
      await navigator.clipboard.writeText(link);
      said.value = `Copied.${cutWords(text)}`;
    } catch {
      said.value = `The link is in the address bar.${cutWords(text)}`;
    }
  };
  return (
    <p class="share">
      <button type="button" class="secondary outline small" onClick={copy}>
        Copy link
      </button>{' '}
      <small>The link contains your prompt after the #, a part that browsers never send to a server.</small>{' '}
      <small role="status">{said}</small>
    </p>
  );
}
