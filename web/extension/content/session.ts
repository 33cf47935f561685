/** The script's session in this page: it runs the badge while the background allows it. */
import type { FromContent, ToContent, Told } from '../messages.js';
import { Watch } from './watch.js';

export interface Session {
  /** Whether the extension and this script are still active. */
  isAlive(): boolean;
  retire(): void;
}

/** Whether the extension can be reached. After an update the old script is cut off, and `chrome` may throw. */
function isConnected(): boolean {
  try {
    return chrome.runtime.id !== undefined;
  } catch {
    return false;
  }
}

export function openSession(onRetired: () => void): Session {
  let watch: Watch | undefined;
  let isOver = false;

  function isAlive(): boolean {
    if (!isConnected()) retire();
    return !isOver;
  }

  async function send(message: FromContent): Promise<ToContent | undefined> {
    if (!isAlive()) return undefined;
    const answer: ToContent | undefined = await chrome.runtime.sendMessage(message);
    if (answer?.kind === 'off') retire();
    return answer;
  }

  async function sayHello(): Promise<void> {
    const answer = await send({ kind: 'hello' }).catch(() => undefined);
    if (answer?.kind !== 'welcome' || isOver) return;
    if (watch === undefined) watch = new Watch(answer, send, isAlive);
    else watch.site = answer;
  }

  const onTold = (told: Partial<Told> | undefined) => {
    if (told?.kind === 'check') sayHello();
  };
  /** A page that comes back from the history may have missed messages. */
  const onPageShow = ({ persisted }: PageTransitionEvent) => {
    if (persisted) sayHello();
  };

  function retire(): void {
    if (isOver) return;
    isOver = true;
    watch?.stop();
    removeEventListener('pageshow', onPageShow);
    if (isConnected()) chrome.runtime.onMessage.removeListener(onTold);
    onRetired();
  }

  addEventListener('pageshow', onPageShow);
  chrome.runtime.onMessage.addListener(onTold);
  // A prerendered page does not belong to a tab yet, and would not get an answer.
  if ((document as { prerendering?: boolean }).prerendering) {
    document.addEventListener('prerenderingchange', sayHello, { once: true });
  } else sayHello();
  return { isAlive, retire };
}
