/** The content script, in the pages of sites that the person turned on. It may come into a page more than once; one is enough. */
import { openSession, type Session } from './session.js';

declare global {
  var signalboxSession: Session | undefined;
}

if (window === window.top && !globalThis.signalboxSession?.isAlive()) {
  globalThis.signalboxSession = openSession(() => {
    globalThis.signalboxSession = undefined;
  });
}
