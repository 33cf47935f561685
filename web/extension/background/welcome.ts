/** The page that opens once, after the installation. */
import { isStored } from '../stored/store.js';

/** Opens the page, unless there are settings of an earlier installation. */
export async function welcome(): Promise<void> {
  if (await isStored().catch(() => true)) return;
  await chrome.tabs.create({ url: chrome.runtime.getURL('welcome/index.html') });
}
