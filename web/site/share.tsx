/** A link to the current prompt and the position of the dial. The prompt is in the fragment, which browsers do not send to servers. */
import { useSignal } from '@preact/signals';
import { DIAL, type Prefer, preferOfDial } from '../shared/settings.js';
import { ask, change, prompt, settings } from './state.js';

/** Mail and chat programs cut longer links. */
const LONGEST_PROMPT = 4000;

/** Returns the part of a prompt that a link carries: its beginning, without half a character at the end. */
const carriedPart = (text: string) =>
  text.length <= LONGEST_PROMPT ? text : text.slice(0, LONGEST_PROMPT).replace(/[\uD800-\uDBFF]$/, '');

export function linkTo(text: string, prefer: Prefer): string {
  const url = new URL(location.href);
  url.hash = new URLSearchParams({ prompt: carriedPart(text), prefer }).toString();
  return url.href;
}

/** Says that a link to this prompt is incomplete; empty if it is complete. */
function cutWords(text: string): string {
  const carried = carriedPart(text).length;
  if (carried === text.length) return '';
  return ` The link contains only the first ${carried.toLocaleString('en')} of ${text.length.toLocaleString('en')} characters.`;
}

/** Reads a link's fragment. It is untrusted input: only a text and a position are taken from it. */
export function readFragment(fragment: string): { prompt?: string; prefer?: Prefer } {
  const said = new URLSearchParams(fragment.replace(/^#/, ''));
  const text = said.get('prompt');
  // Earlier links have a dial from 0 to 100.
  const dial = said.get('dial');
  const isDial = dial !== null && /^\d{1,3}$/.test(dial) && Number(dial) <= 100;
  const prefer = DIAL.find((name) => name === said.get('prefer')) ?? (isDial ? preferOfDial(Number(dial)) : undefined);
  return {
    ...(text === null ? {} : { prompt: text }),
    ...(prefer === undefined ? {} : { prefer }),
  };
}

/** Mark of entries of the history whose link was read, or which the page made itself: going back to one changes nothing. */
const READ = 'read';

/** Takes prompt and dial from the address, if that is a link that the user has just opened. */
export function openFragment(): void {
  if (history.state === READ) return;
  const { prompt: text, prefer } = readFragment(location.hash);
  if (text === undefined && prefer === undefined) return;
  history.replaceState(READ, '');
  if (prefer !== undefined) change({ prefer });
  if (text !== undefined) ask(text);
}

export function Share() {
  const said = useSignal('');
  const copy = async () => {
    const text = prompt.value;
    const link = linkTo(text, settings.value.prefer);
    history.replaceState(READ, '', link);
    try {
      await navigator.clipboard.writeText(link);
      said.value = `Copied.${cutWords(text)}`;
    } catch {
      said.value = `The link is in the address bar.${cutWords(text)}`;
    }
  };
  return (
    <p class="share">
      <button type="button" class="outline small" onClick={copy}>
        Copy a link
      </button>{' '}
      <small role="status">{said}</small>{' '}
      {said.value !== '' && (
        <small>The link contains your prompt after the #, a part that browsers never send to a server.</small>
      )}
    </p>
  );
}
