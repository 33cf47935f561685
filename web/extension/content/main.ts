/**
 * The content script, for pages of sites that the user turned on. It may be injected into a page more than once, but
 * only one runs.
 */
import { openSession, type Session } from './session.js';

declare global {
  var signalboxSession: Session | undefined;
}

if (window === window.top && !globalThis.signalboxSession?.isAlive()) {
  globalThis.signalboxSession = openSession(() => {
    globalThis.signalboxSession = undefined;
  });
}
