/** The background: a service worker in Chromium, an event page in Firefox. It is stopped when idle, and holds no state. */
import { MOST_CHARACTERS } from '../limits.js';
import { onStored } from '../stored/store.js';
import { openGate } from './gate.js';
import { addMenu, listenForPanel } from './panel.js';
import { syncScripts } from './scripts.js';
import { welcome } from './welcome.js';

chrome.runtime.onInstalled.addListener(({ reason }) => {
  chrome.contextMenus.removeAll(addMenu);
  syncScripts();
  if (reason === 'install') welcome();
});
chrome.runtime.onStartup.addListener(() => syncScripts());
chrome.permissions.onAdded.addListener(() => syncScripts());
chrome.permissions.onRemoved.addListener(() => syncScripts());
onStored(() => syncScripts());
listenForPanel(MOST_CHARACTERS);
openGate();
