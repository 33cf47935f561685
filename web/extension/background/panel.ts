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

/**
 * Returns the selected text or, if nothing is selected, the text of the focused box for longer texts; not that of a box for
 * something else, such as a search or an address. Runs in the page, and must not use anything outside of itself.
 */
function textToAskAbout(most: number): string {
  let focused = document.activeElement;
  while (focused?.shadowRoot?.activeElement) focused = focused.shadowRoot.activeElement;
  const area = focused instanceof HTMLTextAreaElement ? focused : undefined;
  const field = area ?? (focused instanceof HTMLInputElement && focused.type === 'text' ? focused : undefined);
  if (field !== undefined) {
    const { selectionStart, selectionEnd, value } = field;
    if (selectionStart !== selectionEnd) return value.slice(selectionStart ?? 0, selectionEnd ?? 0).slice(0, most);
  }
  const selected = String(getSelection()).slice(0, most);
  if (selected.trim() !== '' || !(focused instanceof HTMLElement)) return selected;
  const isBox = area !== undefined || (focused.isContentEditable && focused !== document.body);
  const isPrivate =
    !['', 'on', 'off'].includes((focused.getAttribute('autocomplete') ?? '').trim().toLowerCase()) ||
    focused.closest('[role="search"], [role="searchbox"], search') !== null;
  if (!isBox || isPrivate) return '';
  // biome-ignore lint/performance/useDomNodeTextContent: keeps the breaks between lines, and leaves out what is hidden
  return (area?.value ?? focused.innerText).slice(0, most);
}

async function textOf(tab: chrome.tabs.Tab, most: number): Promise<string> {
  if (tab.id === undefined) return '';
  try {
    const [found] = await chrome.scripting.executeScript({
      target: { tabId: tab.id },
      func: textToAskAbout,
      args: [most],
      // The text can be read while the page is loading, which may never end.
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
    await putQuestion(questionOf(tab, await textOf(tab, most)));
  });
  chrome.action.onClicked.addListener(async (tab) => {
    openPanel(tab.windowId);
    const question = questionOf(tab, await textOf(tab, most));
    const last = await readQuestion();
    // If a badge could not open the panel, this click opens it for the badge's question.
    const isWaiting =
      last?.isOfBadge && last.windowId === tab.windowId && last.origin === question.origin && isFresh(last);
    await putQuestion(isWaiting ? last : question);
  });
}
