export {};
chrome.runtime.sendMessage({ kind: 'hello' }).then(console.log);
