// Stand-ins for the pages of known chats: the elements that their records look for, in the layouts that such pages have.
// Names and positions of elements follow what public extensions and scripts rely on; texts and styles are our own.

const STYLE = `
:root { color-scheme: light dark; --line: light-dark(#d9d9e3, #444); --ground: light-dark(#fff, #1e1e1e); --card: light-dark(#fafafa, #2b2b2b); --ink: light-dark(#222, #ddd); }
* { box-sizing: border-box; }
body { margin: 0; height: 100vh; display: flex; flex-direction: column; font: 16px/1.5 sans-serif; background: var(--ground); color: var(--ink); }
header { display: flex; gap: 12px; align-items: center; justify-content: space-between; padding: 8px 14px; }
main { flex: 1; min-height: 0; display: flex; flex-direction: column; }
.thread { flex: 1; overflow: auto; padding: 16px 12px; }
.thread p { max-width: 768px; margin: 0 auto 14px; }
.new { flex: 1; display: flex; flex-direction: column; justify-content: center; min-height: 0; }
h1 { text-align: center; font-weight: 500; font-size: 28px; margin: 0 0 18px; }
.composer { display: block; width: min(768px, calc(100% - 24px)); margin: 0 auto; border: 1px solid var(--line); border-radius: 24px; background: var(--card); padding: 10px 14px; }
.box { display: block; width: 100%; min-height: 26px; max-height: 200px; overflow: auto; resize: none; border: 0; outline: 0; padding: 0; margin: 0; background: transparent; color: inherit; font: inherit; }
.box p { margin: 0; }
.row { display: flex; gap: 8px; margin-top: 8px; align-items: center; }
.row .gap { flex: 1; }
button, [role="radio"] { font: inherit; font-size: 14px; padding: 4px 10px; border: 1px solid var(--line); border-radius: 14px; background: transparent; color: inherit; white-space: nowrap; }
.ideas { display: flex; flex-wrap: wrap; gap: 8px; justify-content: center; margin: 12px 12px 0; }
footer { padding: 6px 12px; text-align: center; font-size: 12px; }
[role="radiogroup"] { display: flex; gap: 8px; justify-content: center; margin-bottom: 10px; }
`;

const withBox = (attributes) => (attributes.includes('class=') ? attributes : `class="box" ${attributes}`);
const edited = (attributes) => `<div role="textbox" contenteditable="true" ${withBox(attributes)}><p><br /></p></div>`;
const area = (attributes) => `<textarea rows="1" ${withBox(attributes)}></textarea>`;
const button = (text, attributes = '') => `<button type="button" ${attributes}>${text}</button>`;
const row = (...parts) => `<div class="row">${parts.join('')}</div>`;
const GAP = '<span class="gap"></span>';
const ATTACH = button('+', 'aria-label="Add files"');
const SEND = button('↑', 'aria-label="Send"');

/**
 * By name of the record: the parts of a page. `current` is what the page's picker shows, and `model` the index's name of it;
 * `pick(text)` is the markup of the picker.
 */
export const STAND_INS = {
  chatgpt: {
    host: 'chatgpt.com',
    current: 'High',
    model: 'openai/gpt-6-sol',
    pick: (text) => button(text, 'class="__composer-pill group/pill" aria-haspopup="menu"'),
    composer: (picker) =>
      `<form class="composer">${edited('id="prompt-textarea"')}${row(ATTACH, GAP, picker, button('Dictate'), SEND)}</form>`,
  },
  claude: {
    host: 'claude.ai',
    current: 'Sonnet 5',
    model: 'anthropic/claude-sonnet-5',
    pick: (text) => button(text, 'data-testid="model-selector-dropdown" aria-haspopup="menu"'),
    composer: (picker) =>
      `<fieldset class="composer">${edited('class="box ProseMirror" aria-label="Write your prompt to Claude"')}${row(ATTACH, button('Tools'), GAP, picker, SEND)}</fieldset>`,
  },
  gemini: {
    host: 'gemini.google.com',
    current: 'Flash',
    model: 'google/gemini-3.8-flash',
    pick: (text) =>
      `<bard-mode-switcher>${button(text, `data-test-id="bard-mode-menu-button" aria-label="Open mode picker, currently ${text}"`)}</bard-mode-switcher>`,
    composer: (picker) =>
      `<div class="composer"><rich-textarea><div class="box ql-editor" role="textbox" contenteditable="true"><p><br /></p></div></rich-textarea>${row(ATTACH, button('Tools'), GAP, picker, button('Mic'))}</div>`,
  },
  copilot: {
    host: 'copilot.microsoft.com',
    current: 'Think deeper',
    model: 'openai/gpt-5.5',
    pick: (text) => button(text, 'data-testid="composer-chat-mode-reasoning-button"'),
    composer: (picker) =>
      `<div class="composer" data-testid="composer-background">${area('id="userInput" data-testid="composer-input" placeholder="Message Copilot"')}${row(ATTACH, picker, GAP, button('Mic'), SEND)}</div>`,
  },
  perplexity: {
    host: 'www.perplexity.ai',
    current: 'Grok 4.6',
    model: 'x-ai/grok-4.6',
    pick: (text) => button(text, 'aria-label="Choose a model"'),
    composer: (picker) =>
      `<div class="composer">${edited('id="ask-input" data-lexical-editor="true"')}${row(button('Search'), button('Research'), GAP, picker, ATTACH, SEND)}</div>`,
  },
  mistral: {
    host: 'chat.mistral.ai',
    current: 'Medium 3.5',
    model: 'mistralai/mistral-medium-3.5',
    pick: (text) => button(text, 'data-testid="model-selector"'),
    composer: (picker) =>
      `<form class="composer">${edited('class="box ProseMirror"')}${row(ATTACH, button('Think'), button('Tools'), GAP, picker, SEND)}</form>`,
  },
  deepseek: {
    host: 'chat.deepseek.com',
    current: 'Instant',
    model: 'deepseek/deepseek-v4.1-flash',
    pick: (text) =>
      `<div role="radiogroup">${['Instant', 'Expert'].map((mode) => `<div role="radio" tabindex="0" aria-checked="${mode === text}">${mode}</div>`).join('')}</div>`,
    composer: (picker) =>
      `${picker}<div class="composer">${area('placeholder="Message DeepSeek"')}${row(button('DeepThink'), button('Search'), GAP, ATTACH, SEND)}</div>`,
  },
  poe: {
    host: 'poe.com',
    current: 'Claude-Opus-5.5',
    model: 'anthropic/claude-opus-5.5',
    isInHeader: true,
    pick: (text) => `<div class="ChatHeader_title__x1y2z">${text}</div>`,
    composer: () =>
      `<div class="composer">${area('class="box GrowingTextArea_textArea__ZWQbP" placeholder="Message"')}${row(ATTACH, button('Mic'), GAP, SEND)}</div>`,
  },
  lmarena: {
    host: 'arena.ai',
    current: 'claude-sonnet-5-5-high',
    model: 'anthropic/claude-sonnet-5.5',
    isInHeader: true,
    pick: (text) => button(text, 'role="combobox" aria-haspopup="dialog"'),
    composer: () =>
      `<form class="composer">${area('name="message" placeholder="Ask anything..."')}${row(ATTACH, button('Image'), GAP, SEND)}</form>`,
  },
  t3: {
    host: 't3.chat',
    current: 'Gemini 3.1 Pro',
    model: 'google/gemini-3.1-pro',
    pick: (text) => button(text, `aria-label="Select model. Current model: ${text}"`),
    composer: (picker) =>
      `<form class="composer">${area('id="chat-input" aria-label="Message input"')}${row(picker, button('Search'), ATTACH, GAP, SEND)}</form>`,
  },
  'open-webui': {
    host: 'open-webui.example',
    title: 'Open WebUI',
    current: 'gpt-5.6-sol',
    model: 'openai/gpt-5.6-sol',
    isInHeader: true,
    pick: (text) => button(text, `id="model-selector-0-button" aria-label="Selected model: ${text}"`),
    composer: () =>
      `<div class="composer" id="message-input-container"><div id="chat-input-container">${edited('id="chat-input"')}</div>${row(ATTACH, GAP, button('Mic'), SEND)}</div>`,
  },
  librechat: {
    host: 'librechat.example',
    title: 'LibreChat',
    current: 'claude-opus-5',
    model: 'anthropic/claude-opus-5',
    isInHeader: true,
    pick: (text) => button(text, 'data-testid="model-selector-button"'),
    composer: () =>
      `<form class="composer">${area('id="prompt-textarea" data-testid="text-input"')}${row(ATTACH, GAP, button('Mic'), SEND)}</form>`,
  },
  openrouter: {
    host: 'openrouter.ai',
    path: '/chat',
    current: 'anthropic/claude-opus-4.8',
    model: 'anthropic/claude-opus-4.8',
    pick: (text) => button(text, 'data-testid="model-selector"'),
    composer: (picker) =>
      `<div class="composer">${area('placeholder="Start a message..."')}${row(ATTACH, picker, GAP, SEND)}</div>`,
  },
};

export const BOX = '.box';

const LINES = Array.from(
  { length: 12 },
  (_, i) =>
    `<p>${i % 2 === 0 ? 'And what came after that?' : 'Many things did, and each took longer than the one before, as the letters of those years tell us at some length.'}</p>`,
);

/** A composer that no record knows. */
const STRANGE = `<div class="composer">${area('placeholder="Ask"')}${row(ATTACH, GAP, SEND)}</div>`;

/**
 * Returns the page of a chat. `view`: `new` is the start page, with the box in the middle; `thread` has the box at the bottom,
 * below a conversation. `isKnown: false` is a page that has changed since its record was written.
 */
export function standIn(name, { view = 'new', current, isKnown = true } = {}) {
  const { title = name, isInHeader = false, pick, composer, current: usual } = STAND_INS[name];
  const picker = pick(current ?? usual);
  const form = isKnown ? composer(isInHeader ? '' : picker) : STRANGE;
  const ideas = ['Plan a trip', 'Explain a theorem', 'Improve a text'].map((text) => button(text)).join('');
  const content =
    view === 'new'
      ? `<div class="new"><h1>What can I help with?</h1>${form}<div class="ideas">${ideas}</div></div>`
      : `<div class="thread" tabindex="0">${LINES.join('')}</div>${form}<footer>Answers can be wrong. Check what matters to you.</footer>`;
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <title>${title}</title>
    <style>${STYLE}</style>
  </head>
  <body>
    <header>${isKnown && isInHeader ? picker : ''}<span>${title}</span>${button('Share')}</header>
    <main>${content}</main>
  </body>
</html>`;
}

/** Handlers for `openNetwork`: each host serves its stand-in. `?view=thread` and `?changed` choose another page. */
export const CHAT_SITES = Object.fromEntries(
  Object.entries(STAND_INS).map(([name, { host }]) => [
    host,
    ({ url }, response) => {
      const { searchParams } = new URL(url, `https://${host}`);
      const options = { view: searchParams.get('view') ?? 'new', isKnown: !searchParams.has('changed') };
      response.writeHead(200, { 'Content-Type': 'text/html; charset=utf-8' }).end(standIn(name, options));
    },
  ]),
);
