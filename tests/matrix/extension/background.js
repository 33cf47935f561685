import { Router } from 'signalbox';
import { options } from './options.js';
import { decide, report } from './uses.js';

chrome.runtime.onMessage.addListener((_message, _sender, answer) => {
  report({ background: () => decide(() => Router.load(options)) }).then(answer);
  return true;
});
