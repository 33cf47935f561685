/** Watches the page's prompt boxes: which one the user types into, its text, and whether it still exists. */
import { chatLink, type Recognised, recognise } from '../chats/index.js';
import type { PageFacts, Suggestion, Welcome } from '../messages.js';
import { Asking, type Send, type Shown } from './asking.js';
import { Badge, HOST } from './badge.js';
import { focusedBelow, focusedIn, rootsOf } from './dom.js';
import { readText } from './text.js';

const CAPTURE = { capture: true, passive: true };
const CHECK_MS = 500;
/**
 * Browsers copy the text to return it. A text that takes this long to read (megabytes) is read at every tenth check
 * only.
 */
const SLOW_MS = 4;
const SLOW_CHECKS = 10;
/** The router is suspended when idle (in Firefox after 30 s), so it is woken after this long. */
const AWAKE_MS = 20_000;
/** A page that removes the badge this often does not want it. */
const MOST_REMOVALS = 3;

export class Watch {
  #site: Welcome;
  readonly #send: Send;
  readonly #isAlive: () => boolean;
  readonly #badge: Badge;
  readonly #asking: Asking;
  /** `document.write` removes all listeners of a page. */
  readonly #rewritten = new MutationObserver(() => this.#listen());
  #target: EventTarget | undefined;
  #box: HTMLElement | undefined;
  /** The box's root: pages move boxes from one shadow root to another. */
  #root: Node | undefined;
  #recognised: Recognised | undefined;
  #text = '';
  #isSlow = false;
  #roots: ShadowRoot[] = [];
  #check: ReturnType<typeof setInterval> | undefined;
  #checks = 0;
  #removals = 0;
  #sentAt = Number.NEGATIVE_INFINITY;
  #wasActive = false;

  /** `isAlive` returns whether the extension is still there, and ends this script if not. */
  constructor(site: Welcome, send: Send, isAlive: () => boolean) {
    this.#site = site;
    this.#send = (message) => {
      this.#sentAt = performance.now();
      return send(message);
    };
    this.#isAlive = isAlive;
    this.#badge = new Badge({
      openPanel: async () => {
        // What stands there at the click: the badge may know of its beginning only.
        const text = this.#read() ?? this.#text;
        const page = this.#page();
        const answer = await this.#send({ kind: 'open', text, ...(page && { page }) }).catch(() => undefined);
        return answer?.kind === 'opened' && answer.isOpen;
      },
      hide: () => this.#dismiss(),
      linkOf: (suggestion) => this.#linkOf(suggestion),
    });
    this.#asking = new Asking({
      send: this.#send,
      read: () => this.#read(),
      page: () => this.#page(),
      expect: () => {
        if (this.#isLongAgo() && this.#find() !== undefined) this.#warm();
      },
      show: (shown) => this.#show(shown),
    });
    // Badges left behind by an earlier version of this script.
    for (const left of document.querySelectorAll(HOST)) left.remove();
    this.#listen();
    this.#rewritten.observe(document, { childList: true });
    // The user may be typing already.
    this.#target = focusedIn(document);
    this.#asking.touch(false);
  }

  set site(site: Welcome) {
    this.#site = site;
    // The answer may change with the settings.
    this.#asking.forget();
    this.#asking.touch(false);
  }

  stop(): void {
    this.#rewritten.disconnect();
    this.#asking.stop();
    this.#hide();
    removeEventListener('focusin', this.#onFocus, CAPTURE);
    removeEventListener('input', this.#onInput, CAPTURE);
  }

  #listen(): void {
    addEventListener('focusin', this.#onFocus, CAPTURE);
    addEventListener('input', this.#onInput, CAPTURE);
  }

  /** Keep both handlers cheap: they run on every keystroke. */
  readonly #onFocus = (event: Event) => {
    this.#note(event);
    this.#asking.touch(false);
  };

  readonly #onInput = (event: Event) => {
    this.#note(event);
    this.#asking.touch(event.isTrusted);
  };

  /** Whether the user has ever acted on this page. Before that, the text of a box comes from the page. */
  #isUserActive(): boolean {
    this.#wasActive ||= navigator.userActivation.hasBeenActive;
    return this.#wasActive;
  }

  #note(event: Event): void {
    this.#isUserActive();
    const [target] = event.composedPath();
    if (!this.#badge.isOwn(target)) this.#target = target;
  }

  /** Returns the box that the user types into, or else the last one if it is still there. */
  #find(): HTMLElement | undefined {
    this.#recognised = recognise(this.#site.adapter, document, location);
    if (this.#recognised === undefined) return undefined;
    const { chat } = this.#recognised;
    const typedInto =
      this.#target instanceof Element && this.#target.isConnected ? focusedBelow(this.#target) : focusedIn(document);
    const box = typedInto && chat.box(typedInto);
    if (box !== undefined) return box;
    return this.#box?.isConnected && chat.box(this.#box) === this.#box ? this.#box : undefined;
  }

  #read(): string | undefined {
    const box = this.#find();
    if (box !== this.#box || box?.getRootNode() !== this.#root) this.#moveTo(box);
    if (box === undefined || this.#removals >= MOST_REMOVALS) return undefined;
    // Only the first time: the user is not typing, so the router may stay suspended.
    if (this.#sentAt === Number.NEGATIVE_INFINITY) this.#warm();
    if (!this.#isUserActive()) return undefined;
    const start = performance.now();
    this.#text = readText(box);
    this.#isSlow = performance.now() - start > SLOW_MS;
    return this.#text;
  }

  #page(): PageFacts | undefined {
    if (this.#recognised === undefined) return undefined;
    const { chat, of } = this.#recognised;
    return { chat: of.name, isUnderstood: chat === of, picked: of.picked(document) ?? null };
  }

  /** Whether the router may have been suspended since the last message. */
  #isLongAgo(): boolean {
    return performance.now() - this.#sentAt > AWAKE_MS;
  }

  #warm(): void {
    this.#send({ kind: 'warm' }).catch(() => undefined);
  }

  #moveTo(box: HTMLElement | undefined): void {
    this.#box = box;
    this.#root = box?.getRootNode();
    this.#asking.forget();
    for (const root of this.#roots) root.removeEventListener('scroll', this.#badge.follow, CAPTURE);
    this.#roots = box === undefined ? [] : rootsOf(box);
    for (const root of this.#roots) root.addEventListener('scroll', this.#badge.follow, CAPTURE);
  }

  #show(shown: Shown | undefined): void {
    if (shown === undefined || this.#box === undefined || !this.#box.isConnected) {
      this.#hide();
      return;
    }
    this.#badge.show(this.#box, shown, this.#remark());
    if (this.#check !== undefined) return;
    addEventListener('scroll', this.#badge.follow, CAPTURE);
    this.#check = setInterval(this.#onCheck, CHECK_MS);
  }

  #hide(): void {
    clearInterval(this.#check);
    this.#check = undefined;
    removeEventListener('scroll', this.#badge.follow, CAPTURE);
    this.#badge.hide();
  }

  /** Runs while a badge is shown: pages empty, move and replace their boxes without an event. */
  readonly #onCheck = () => {
    if (!this.#isAlive()) return;
    this.#checks += 1;
    if (this.#badge.wasRemoved) {
      this.#removals += 1;
      this.#hide();
      return;
    }
    if (!this.#box?.isConnected || !this.#isSlow || this.#checks % SLOW_CHECKS === 0) this.#asking.touch(false);
    this.#badge.follow();
  };

  #dismiss(): void {
    const hadFocus = this.#badge.hasFocus;
    this.#removals = MOST_REMOVALS;
    this.#asking.forget();
    this.#hide();
    if (hadFocus) this.#box?.focus();
  }

  /** Returns what the card says of a page that is not as expected. */
  #remark(): string {
    const { chat, of } = this.#recognised ?? {};
    if (chat === of || of === undefined) return '';
    return `This page is not as signalbox knows ${of.label}: it may not see which model you are on.`;
  }

  #linkOf({ siteModel }: Suggestion): string | undefined {
    const { name } = this.#recognised?.chat ?? {};
    if (siteModel === null || name === undefined) return undefined;
    const { endpoint } = this.#site;
    return chatLink(name, { origin: location.origin, endpoint, siteModel, prompt: this.#text });
  }
}
