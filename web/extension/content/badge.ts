/**
 * The badge beside a prompt box, in the closed shadow root of its own host. It never takes focus and does not affect
 * page layout.
 */
import type { Shown } from './asking.js';
import { Card, type CardActions } from './card.js';
import { chainOf } from './dom.js';
import { isFree } from './free-area.js';
import { besideBadge, type Rect, type Spot, spotsAround } from './position.js';
import { colour, dress, make, makeButton, makeSignal, makeUnseen } from './styles.js';
import { frameOf, isCovered, viewOf } from './visibility.js';

/** Not a custom element: the page could define that first. */
const MARK = 'data-signalbox-badge';
export const HOST = `div[${MARK}]`;

/** Events on the badge that are hidden from the page, which may listen to keys and clicks everywhere. */
const OWN_EVENTS = 'keydown keypress keyup pointerdown pointerup mousedown mouseup click dblclick contextmenu'.split(
  ' ',
);

/** Styles of host and layer, which take up no space: their contents are positioned on their own. */
const NO_ROOM = {
  display: 'block',
  position: 'fixed',
  inset: '0 auto auto 0',
  width: '0',
  height: '0',
  margin: '0',
  padding: '0',
  border: 'none',
  overflow: 'visible',
  background: 'none',
};
const HOST_STYLES = {
  all: 'initial',
  ...NO_ROOM,
  'z-index': '2147483647',
  // `all` does not reset the direction, and the texts are English.
  direction: 'ltr',
  font: '500 13px/1.3 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif',
  color: '#000',
};
const PILL_STYLES = {
  display: 'flex',
  position: 'fixed',
  'align-items': 'center',
  'max-width': 'min(340px, calc(100vw - 8px))',
  height: '28px',
  overflow: 'hidden',
  background: 'var(--ground)',
  color: 'var(--ink)',
  border: '1px solid var(--line)',
  'border-radius': '14px',
  'box-shadow': 'var(--shade)',
  'user-select': 'none',
};

/** Words beside the name of a model; without them, no name is shown. */
const NAMED = { better: 'better here', cheaper: 'as good, cheaper' } as const;
/** Words for screen readers where no name is shown. */
const UNNAMED = {
  stay: 'nothing better here',
  unknown: 'a suggestion',
  unmeasured: 'a suggestion',
  unsure: 'not sure',
  none: 'no suggestion',
} as const;

/** Returns the words of a badge: a name only where switching to it is sure to be worth it. */
function wordsOf(shown: Shown) {
  const verdict = shown.kind === 'none' ? 'none' : shown.verdict;
  if (shown.kind === 'suggestion' && (verdict === 'better' || verdict === 'cheaper')) {
    return { name: shown.label, words: NAMED[verdict] as string };
  }
  return { name: '', words: UNNAMED[verdict as keyof typeof UNNAMED] as string };
}

export class Badge {
  readonly #host = document.createElement('div');
  /**
   * In the top layer, to be visible beside a box in a dialog; inside the shadow root, where the page cannot style its
   * backdrop.
   */
  readonly #layer = make('div', NO_ROOM);
  readonly #root = this.#host.attachShadow({ mode: 'closed' });
  readonly #pill = make('div', PILL_STYLES);
  readonly #button = makeButton({
    display: 'flex',
    'align-items': 'center',
    'justify-content': 'center',
    'min-width': '0',
    height: '100%',
    padding: '0 8px',
    'border-radius': '13px',
    'outline-offset': '-3px',
  });
  readonly #model = make('span', {
    'min-width': '0',
    overflow: 'hidden',
    'text-overflow': 'ellipsis',
    'white-space': 'nowrap',
    'unicode-bidi': 'plaintext',
    'font-weight': '600',
    'margin-inline-start': '7px',
  });
  readonly #words = make('span', { color: 'var(--soft)', 'white-space': 'nowrap', 'margin-inline-start': '6px' });
  readonly #signal = makeSignal();
  readonly #hide = this.#hideButton();
  readonly #said = makeUnseen();
  readonly #card: Card;
  readonly #actions: CardActions;
  readonly #scheme = matchMedia('(prefers-color-scheme: dark)');
  readonly #growth = new ResizeObserver(() => this.follow());
  #box: HTMLElement | undefined;
  #frame: HTMLElement | undefined;
  #following = 0;
  #isOpen = false;
  /** Whether the last suggestion has a name to show, and whether there is room for it. */
  #isNamed = false;
  #isWide = false;
  /** The last place. */
  #last: Spot | undefined;

  constructor(actions: CardActions) {
    this.#actions = actions;
    this.#card = new Card(actions);
    this.#host.setAttribute(MARK, '');
    dress(this.#host, HOST_STYLES);
    this.#layer.popover = 'manual';
    this.#root.append(this.#layer);
    this.#fill(this.#root);
    this.#recolour();
  }

  /** Whether the page removed the host but not the box. */
  get wasRemoved(): boolean {
    return this.#box?.isConnected === true && !this.#host.isConnected;
  }

  get hasFocus(): boolean {
    return this.#root.activeElement !== null;
  }

  isOwn(target: EventTarget | undefined): boolean {
    return target === this.#host;
  }

  /** `remark` is about the page, for the card; may be empty. */
  show(box: HTMLElement, shown: Shown, remark: string): void {
    const { name, words } = wordsOf(shown);
    this.#signal.set(shown.lamp);
    this.#card.set(shown, remark);
    this.#isNamed = name !== '';
    const said = `signalbox: ${this.#isNamed ? `${name}, ` : ''}${words}`;
    if (this.#button.title !== said) {
      this.#button.title = said;
      this.#button.setAttribute('aria-label', said);
      this.#model.textContent = name;
      this.#words.textContent = words;
      // A badge without a name has nothing to interrupt for.
      this.#said.textContent = this.#isNamed ? said : '';
    }
    this.#watch(box);
    this.#attach(box);
    this.place();
  }

  hide(): void {
    if (this.#box === undefined) return;
    this.close();
    cancelAnimationFrame(this.#following);
    this.#following = 0;
    this.#growth.disconnect();
    removeEventListener('resize', this.follow);
    removeEventListener('beforeprint', this.#onPrint);
    removeEventListener('afterprint', this.follow);
    this.#scheme.removeEventListener('change', this.#recolour);
    this.#box = undefined;
    this.#frame = undefined;
    this.#last = undefined;
    this.#host.remove();
  }

  /** Moves to the box in the next frame. Cheap to call on every scroll. */
  readonly follow = () => {
    this.#following ||= requestAnimationFrame(() => {
      this.#following = 0;
      this.place();
    });
  };

  place(): void {
    if (this.#box === undefined || this.#frame === undefined || !this.#host.isConnected) return;
    const view = viewOf();
    const isRtl = getComputedStyle(this.#box).direction === 'rtl';
    const frame = this.#frame.getBoundingClientRect();
    const spot = this.#spotBeside(this.#box, frame, view, isRtl);
    const isSeen = spot !== undefined && !isCovered(this.#box, this.#frame, this.#host);
    dress(this.#host, { visibility: isSeen ? 'visible' : 'hidden' });
    if (spot === undefined) return;
    const { left, top } = spot;
    const size = { width: this.#pill.offsetWidth, height: this.#pill.offsetHeight };
    dress(this.#pill, { left: `${left}px`, top: `${top}px` });
    if (!this.#isOpen) return;
    const card = this.#card.element;
    dress(card, { 'max-height': 'none' });
    const badge = { left, top, right: left + size.width, bottom: top + size.height };
    const cardSize = { width: card.offsetWidth, height: card.offsetHeight };
    const at = besideBadge(badge, frame, cardSize, view, isRtl);
    dress(card, { left: `${at.left}px`, top: `${at.top}px`, 'max-height': `${at.maxHeight}px` });
  }

  close(): void {
    if (this.#isOpen) this.#toggle();
  }

  /** Returns the first place that covers nothing: with the name if it has one, or else for the signal alone. */
  #spotBeside(box: HTMLElement, frame: Rect, view: Rect, isRtl: boolean): Spot | undefined {
    for (const isWide of this.#isNamed ? [true, false] : [false]) {
      this.#widen(isWide);
      const size = { width: this.#pill.offsetWidth, height: this.#pill.offsetHeight };
      const isRoomy = ({ left, top }: Spot, isLast = false) =>
        isFree({ left, top, right: left + size.width, bottom: top + size.height }, box, this.#host, isLast);
      const spots = [...spotsAround(frame, size, view, isRtl)];
      const { left = 0, top = 0 } = this.#last ?? {};
      const last = spots.find((spot) => Math.abs(spot.left - left) < 1 && Math.abs(spot.top - top) < 1);
      // The badge stays where it is as long as it can, and with an open card, which the user asked for, in any case.
      const stays = last !== undefined && (this.#isOpen || isRoomy(last, true));
      const spot = stays ? last : spots.find((each) => isRoomy(each));
      if (spot === undefined) continue;
      this.#last = spot;
      return spot;
    }
    return undefined;
  }

  #widen(isWide: boolean): void {
    if (isWide === this.#isWide) return;
    this.#isWide = isWide;
    for (const part of [this.#model, this.#words, this.#hide]) dress(part, { display: isWide ? 'inline' : 'none' });
  }

  #fill(root: ShadowRoot): void {
    for (const part of [this.#model, this.#words, this.#hide]) dress(part, { display: 'none' });
    this.#button.append(this.#signal.signal, this.#model, this.#words);
    this.#button.setAttribute('aria-expanded', 'false');
    this.#button.setAttribute('aria-controls', 'card');
    this.#button.addEventListener('click', ({ isTrusted }) => {
      if (isTrusted) this.#toggle();
    });
    // A click leaves the focus in the prompt box.
    this.#pill.addEventListener('mousedown', (event) => event.preventDefault());
    this.#pill.append(this.#button, this.#hide);
    this.#said.setAttribute('role', 'status');
    this.#layer.append(this.#pill, this.#card.element, this.#said);
    for (const name of OWN_EVENTS) root.addEventListener(name, (event) => event.stopPropagation());
    root.addEventListener('keydown', (event) => {
      if ((event as KeyboardEvent).key !== 'Escape' || !this.#isOpen) return;
      const wasInCard = root.activeElement !== null && root.activeElement !== this.#button;
      this.#toggle();
      if (wasInCard) this.#button.focus();
    });
  }

  /** Returns a button for the pointer; by keyboard, the one in the card does the same. */
  #hideButton(): HTMLElement {
    const styles = { flex: 'none', width: '24px', height: '100%', 'text-align': 'center', color: 'var(--soft)' };
    const hide = makeButton({ ...styles, 'border-radius': '13px', 'font-size': '15px' }, '×');
    hide.tabIndex = -1;
    hide.setAttribute('aria-label', 'Hide here');
    hide.title = 'Hide until the page is reloaded';
    hide.addEventListener('click', ({ isTrusted }) => {
      if (isTrusted) this.#actions.hide();
    });
    return hide;
  }

  #toggle(): void {
    this.#isOpen = !this.#isOpen;
    this.#button.setAttribute('aria-expanded', String(this.#isOpen));
    dress(this.#card.element, { display: this.#isOpen ? 'flex' : 'none' });
    const change = this.#isOpen ? addEventListener : removeEventListener;
    change('pointerdown', this.#onElsewhere, { capture: true, passive: true });
    change('keydown', this.#onEscape, { capture: true, passive: true });
    this.#card.rest();
    this.place();
  }

  readonly #onElsewhere = (event: Event) => {
    if (event.isTrusted && !event.composedPath().includes(this.#host)) this.close();
  };

  readonly #onEscape = (event: KeyboardEvent) => {
    if (event.isTrusted && event.key === 'Escape' && event.target !== this.#host) this.close();
  };

  readonly #onPrint = () => dress(this.#host, { visibility: 'hidden' });

  readonly #recolour = () => colour(this.#host, this.#scheme.matches);

  #watch(box: HTMLElement): void {
    if (this.#box === undefined) {
      addEventListener('resize', this.follow);
      addEventListener('beforeprint', this.#onPrint);
      addEventListener('afterprint', this.follow);
      this.#scheme.addEventListener('change', this.#recolour);
      this.#recolour();
    }
    const frame = frameOf(box);
    if (this.#box === box && this.#frame === frame) return;
    this.#box = box;
    this.#frame = frame;
    this.#growth.disconnect();
    for (const element of new Set([box, frame])) this.#growth.observe(element);
  }

  /** Attaches the host to the document, or to the modal dialog around the box: outside of that, nothing can be clicked. */
  #attach(box: HTMLElement): void {
    const modal = [...chainOf(box)].find((outer) => outer instanceof HTMLDialogElement && outer.matches(':modal'));
    const parent = modal ?? document.documentElement;
    if (this.#host.parentNode !== parent) parent.append(this.#host);
    try {
      if (!this.#layer.matches(':popover-open')) this.#layer.showPopover();
    } catch {
      // Without the top layer it is still drawn over the page, but not over dialogs.
    }
  }
}
