/** The side panel, or Firefox's sidebar, and the ways to it that browsers know beside the badge. */
import { FRESH_MS, putQuestion, type Question, readQuestion } from '../stored/question.js';

const MENU = 'which-model';
const COMMAND = 'which-model';

/** Must be called before anything is awaited: browsers open a panel only for what a person does. False where they do not. */
export async function openPanel(windowId: number): Promise<boolean> {
  try {
    if (FIREFOX) await browser.sidebarAction.open();
    else await chrome.sidePanel.open({ windowId });
    return true;
  } catch {
    return false;
  }
}

/** Runs in the page, alone: what is selected there, in a field or in the text. */
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
      // What is selected can be read before the page is done, if it ever is.
      injectImmediately: true,
    });
    return typeof found?.result === 'string' ? found.result : '';
  } catch {
    return ''; // A page that no extension may look into.
  }
}

const originOf = (url: string | undefined) => (url?.startsWith('http') ? new URL(url).origin : null);

/** What the panel is asked, of a tab. */
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
    // Where a badge could not open the panel, the person does, for what the badge was asked.
    const isWaiting =
      last?.isOfBadge &&
      last.windowId === tab.windowId &&
      last.origin === question.origin &&
      last.at > Date.now() - FRESH_MS;
    await putQuestion(isWaiting ? last : question);
  });
}
