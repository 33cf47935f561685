import { Router } from 'signalbox';

// The browser ends an idle background script and starts it again later: load on demand, and keep no state that matters.
let loading;

function load() {
  loading ??= Router.load({ assets: './signalbox/' }).catch((error) => {
    loading = undefined; // The next prompt tries again.
    throw error;
  });
  return loading;
}

// A port stays open while the popup does, and its end says that nobody waits any more; single messages cannot be aborted.
chrome.runtime.onConnect.addListener((port) => {
  let latest = new AbortController();
  port.onDisconnect.addListener(() => latest.abort());
  port.onMessage.addListener(async ({ prompt }) => {
    latest.abort();
    latest = new AbortController();
    const { signal } = latest;
    try {
      const router = await load();
      const { model, reason } = await router.route(prompt, { signal });
      port.postMessage({ prompt, model, reason });
    } catch (error) {
      if (error.code !== 'aborted') port.postMessage({ prompt, error: error.message });
    }
  });
});
