const prompt = document.querySelector('textarea');
const output = document.querySelector('output');
prompt.focus();
let port;

/** Returns the port to the background script: a new one if the browser has ended that script meanwhile. */
function connect() {
  if (port !== undefined) return port;
  port = chrome.runtime.connect();
  port.onDisconnect.addListener(() => {
    port = undefined;
  });
  port.onMessage.addListener((answer) => {
    if (answer.prompt !== prompt.value) return; // About an earlier state of the prompt.
    output.textContent = answer.error ? `No suggestion: ${answer.error}` : `${answer.model}\n${answer.reason}`;
  });
  return port;
}

prompt.addEventListener('input', () => {
  if (prompt.value.trim() === '') output.textContent = '';
  else connect().postMessage({ prompt: prompt.value });
});
