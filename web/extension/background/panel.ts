/** The side panel, or Firefox's sidebar, and the ways to open it besides the badge: context menu, keys and toolbar. */
import { isFresh, putQuestion, type Question, readQuestion } from '../stored/question.js';

const MENU = 'which-model';
const COMMAND = 'which-model';

/**
 * Opens the panel; returns whether that worked. Must be called before any `await`: browsers open a panel only on the user's
 * action.
 */
export async function openPanel(windowId: number): Promise<boolean> {
  try {
    if (FIREFOX) await browser.sidebarAction.open();
    else await chrome.sidePanel.open({ windowId });
    return true;
  } catch {
    return false;
  }
}

/** Returns the text selected in a field or on the page. Runs in the page, and must not use anything outside of itself. */
function selectedText(most: number): string {
  const field = document.activeElement;
  const isField = field instanceof HTMLTextAreaElement || (field instanceof HTMLInputElement && field.type === 'text');
  if (isField && field.selectionStart !== field.selectionEnd) {
    return field.value.slice(field.selectionStart ?? 0, field.selectionEnd ?? 0).slice(0, most);
  }
  return String(getSelection()).slice(0, most);
}

async function selectionOf(tab: chrome.tabs.Tab, most: number): Promise<string> {
  if (tab.id === undefined) return '';
  try {
    const [found] = await chrome.scripting.executeScript({
      target: { tabId: tab.id },
      func: selectedText,
      args: [most],
      // The selection can be read while the page is loading, which may never end.
      injectImmediately: true,
    });
    return typeof found?.result === 'string' ? found.result : '';
  } catch {
    return ''; // Extensions have no access to this page.
  }
}

const originOf = (url: string | undefined) => (url?.startsWith('http') ? new URL(url).origin : null);

/** Returns the question for the panel. */
const questionOf = (tab: chrome.tabs.Tab, text: string): Omit<Question, 'at'> => ({
  text,
  origin: originOf(tab.url),
  isOfBadge: false,
  windowId: tab.windowId,
});

export function addMenu(): void {
  chrome.contextMenus.create({ id: MENU, title: 'Which model for this?', contexts: ['selection'] });
}

export function listenForPanel(most: number): void {
  chrome.contextMenus.onClicked.addListener(({ menuItemId, selectionText = '' }, tab) => {
    if (menuItemId !== MENU || tab === undefined) return;
    openPanel(tab.windowId);
    putQuestion(questionOf(tab, selectionText));
  });
  chrome.commands.onCommand.addListener(async (command, tab) => {
    if (command !== COMMAND || tab === undefined) return;
    openPanel(tab.windowId);
    await putQuestion(questionOf(tab, await selectionOf(tab, most)));
  });
  chrome.action.onClicked.addListener(async (tab) => {
    openPanel(tab.windowId);
    const question = questionOf(tab, '');
    const last = await readQuestion();
    // If a badge could not open the panel, this click opens it for the badge's question.
    const isWaiting =
      last?.isOfBadge && last.windowId === tab.windowId && last.origin === question.origin && isFresh(last);
    await putQuestion(isWaiting ? last : question);
  });
}
