/** The card behind the badge: model, quality, price and reasons, with links to the chat and the panel. */
import type { Figure } from '../../shared/words.js';
import type { Suggestion } from '../messages.js';
import type { Shown } from './asking.js';
import { dress, livens, make, makeButton } from './styles.js';

export interface CardActions {
  /** Returns whether the panel opened. */
  openPanel(): Promise<boolean>;
  hide(): void;
  /** Returns the address that opens a chat with the model, if the site has one. */
  linkOf(suggestion: Suggestion): string | undefined;
}

const MUTED = { color: 'var(--soft)', 'font-size': '12px' };
const ASIDE =
  'Your browser blocks pages from opening the panel. Click the signalbox icon in the toolbar, or press Alt+Shift+M.';

function figure({ label, value, note }: Figure): HTMLElement {
  const box = make('div', { display: 'flex', 'flex-direction': 'column', gap: '1px' });
  const number = make('span', { 'font-size': '16px', 'font-weight': '600', 'line-height': '1.25' }, value);
  box.append(number, make('span', MUTED, label));
  if (note !== '') box.append(make('span', MUTED, note));
  return box;
}

function figures({ quality, price }: Suggestion): HTMLElement {
  const row = make('div', { display: 'flex', 'flex-wrap': 'wrap', gap: '6px 24px', margin: '10px 0 0' });
  row.append(figure(quality), ...(price === null ? [] : [figure(price)]));
  return row;
}

/** Styles of names, which may be in any script. */
const NAME = { display: 'block', 'overflow-wrap': 'anywhere', 'unicode-bidi': 'plaintext' };

const title = (text: string) => make('strong', { ...NAME, 'font-size': '16px', 'font-weight': '650' }, text);

function heading({ label, model }: Suggestion): HTMLElement {
  const box = make('div', { display: 'block' });
  box.append(title(label));
  if (label !== model) box.append(make('span', { ...NAME, ...MUTED }, model));
  return box;
}

/** Says how the model compares with the one that the user is on. */
export function comparison({ verdict, current }: Pick<Suggestion, 'verdict' | 'current'>): string {
  switch (verdict) {
    case 'better':
      return `Better here than ${current}.`;
    case 'cheaper':
      return `As good here as ${current}, and cheaper.`;
    case 'stay':
      return 'No model that you can choose here is clearly better for this.';
    case 'unmeasured':
      return `There are too few results to compare it with ${current}.`;
    case 'unsure':
      return 'Not sure: take it as a hint.';
    case 'unknown':
      return current === null
        ? 'This page does not say which model you are on. Set your usual one in the settings to compare with it.'
        : `Not compared with ${current}, which your settings or the benchmark leave out.`;
  }
}

function reasons(why: readonly string[], margin = '10px 0 0'): HTMLElement {
  const list = make('div', { display: 'flex', 'flex-direction': 'column', gap: '5px', margin });
  list.append(...why.map((text) => make('p', { display: 'block', 'overflow-wrap': 'anywhere' }, text)));
  return list;
}

const PRESSED = {
  display: 'inline-block',
  padding: '5px 10px',
  border: '1px solid var(--line)',
  'border-radius': '6px',
  'text-align': 'center',
  'font-weight': '500',
};

function linkTo(href: string, siteModel: string): HTMLElement {
  const link = make(
    'a',
    {
      ...PRESSED,
      color: 'var(--link)',
      cursor: 'pointer',
      'text-decoration': 'none',
      'overflow-wrap': 'anywhere',
      'outline-offset': '1px',
    },
    `Open a chat with ${siteModel}`,
  );
  link.href = href;
  link.target = '_blank';
  link.rel = 'noopener noreferrer';
  livens(link);
  return link;
}

export class Card {
  readonly element = make('div', {
    display: 'none',
    position: 'fixed',
    width: '320px',
    'max-width': 'calc(100vw - 8px)',
    'flex-direction': 'column',
    padding: '14px 0',
    overflow: 'hidden',
    background: 'var(--ground)',
    color: 'var(--ink)',
    border: '1px solid var(--line)',
    'border-radius': '12px',
    'box-shadow': 'var(--shade)',
    'font-size': '13px',
    'line-height': '1.4',
    'user-select': 'text',
  });
  /** Scrolls if there is little room, while the buttons stay visible. */
  readonly #body = make('div', {
    display: 'block',
    flex: '0 1 auto',
    'min-height': '0',
    padding: '0 16px',
    overflow: 'auto',
    'overscroll-behavior': 'contain',
  });
  readonly #link = make('div', { display: 'grid', flex: 'none', padding: '10px 16px 0' });
  readonly #note = make('p', { ...MUTED, display: 'none', margin: '8px 16px 0' });
  readonly #actions: CardActions;

  constructor(actions: CardActions) {
    this.#actions = actions;
    this.element.id = 'card';
    this.element.setAttribute('role', 'group');
    this.element.setAttribute('aria-label', 'Suggestion from signalbox');
    this.#note.setAttribute('role', 'status');
    this.element.append(this.#body, this.#link, this.#buttons(), this.#note);
  }

  /** `remark` is about the page; may be empty. */
  set(shown: Shown, remark: string): void {
    this.#link.replaceChildren();
    const remarks = remark === '' ? [] : [make('p', { ...MUTED, display: 'block', margin: '10px 0 0' }, remark)];
    if (shown.kind === 'none') {
      this.#body.replaceChildren(title('No suggestion'), reasons(shown.why), ...remarks);
      return;
    }
    const said = make('p', { display: 'block', margin: '6px 0 0', 'overflow-wrap': 'anywhere' }, comparison(shown));
    if (shown.verdict === 'stay') {
      this.#body.replaceChildren(title(`Stay with ${shown.current}`), said, reasons(shown.why), ...remarks);
      return;
    }
    this.#body.replaceChildren(heading(shown), said, figures(shown), reasons(shown.why), ...remarks);
    const href = this.#actions.linkOf(shown);
    if (href !== undefined && shown.siteModel !== null) this.#link.append(linkTo(href, shown.siteModel));
  }

  /** Clears the note about the panel. */
  rest(): void {
    this.#say('');
  }

  #say(text: string): void {
    dress(this.#note, { display: text === '' ? 'none' : 'block' });
    this.#note.textContent = text;
  }

  #buttons(): HTMLElement {
    const row = make('div', { display: 'flex', flex: 'none', 'flex-wrap': 'wrap', gap: '8px', margin: '8px 16px 0' });
    const more = makeButton({ ...PRESSED, flex: '1 1 auto' }, 'More in the side panel');
    more.addEventListener('click', async ({ isTrusted }) => {
      // Comes before any `await`: browsers open a panel only on the user's action.
      if (isTrusted) this.#say((await this.#actions.openPanel()) ? '' : ASIDE);
    });
    const hide = makeButton({ ...PRESSED, color: 'var(--soft)' }, 'Hide here');
    hide.title = 'Hide until the page is reloaded';
    hide.addEventListener('click', ({ isTrusted }) => {
      if (isTrusted) this.#actions.hide();
    });
    row.append(more, hide);
    return row;
  }
}
