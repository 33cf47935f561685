/** Whether the page has anything in an area, which the badge must not cover. */
import { chainOf, shadowOf } from './dom.js';
import type { Rect } from './position.js';

/** Distance of the points that are tested: less than the size of an icon, and for a place that was free a moment ago. */
const FINE = 14;
const COARSE = 42;
/** More texts than this are in one element only in pages that are a single text. */
const MOST_TEXTS = 60;
/** Elements that users click, read or write. */
const THINGS = [
  'a, button, input, textarea, select, label, summary, img, svg, video, canvas, iframe, object, embed, [contenteditable]',
  ...'button textbox menuitem option radio tab switch checkbox'.split(' ').map((role) => `[role="${role}"]`),
  '[tabindex="0"]',
].join(', ');
/** Share of the window from which on an element is the ground on which others stand. */
const GROUND = 0.4;

const meet = (a: Rect, b: Rect) => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;

/** Whether an element draws text of its own in an area. */
function writesIn(element: Element, area: Rect): boolean {
  let texts = 0;
  for (const node of element.childNodes) {
    if (!(node instanceof Text) || !/\S/.test(node.substringData(0, 200))) continue;
    texts += 1;
    if (texts > MOST_TEXTS) return true;
    const range = document.createRange();
    range.selectNodeContents(node);
    for (const line of range.getClientRects()) if (meet(line, area)) return true;
  }
  return false;
}

/** Returns the topmost element at a point, below the badge, also if it is inside shadow roots. */
function elementAt(x: number, y: number, host: Element): Element | undefined {
  const hit = document.elementFromPoint(x, y);
  let found = hit === host ? document.elementsFromPoint(x, y).find((element) => element !== host) : hit;
  for (;;) {
    const inner = found && shadowOf(found)?.elementFromPoint(x, y);
    if (!inner || inner === found) return found ?? undefined;
    found = inner;
  }
}

/** Whether an element is the ground of the page, such as a list of messages that takes the focus for scrolling. */
function isGround(element: Element): boolean {
  const { width, height } = element.getBoundingClientRect();
  return width * height > GROUND * innerWidth * innerHeight;
}

/** Yields numbers from one to another in steps, both included. */
function* stepsFrom(low: number, high: number, step: number): Generator<number> {
  const steps = Math.max(1, Math.ceil((high - low) / step));
  for (let i = 0; i <= steps; i += 1) yield low + ((high - low) * i) / steps;
}

/**
 * Whether an area shows nothing but background: no text, picture, or anything to click. Elements around the prompt box, such
 * as a form that takes the focus, are background beside the box. `wasFree`: the badge is there already.
 */
export function isFree(area: Rect, box: Element, host: Element, wasFree: boolean): boolean {
  const step = wasFree ? COARSE : FINE;
  const around = new Set(chainOf(box));
  const isBackground = (element: Element) =>
    element !== box && (!element.matches(THINGS) || around.has(element) || isGround(element));
  const seen = new Set<Element>();
  for (const y of stepsFrom(area.top + 1, area.bottom - 1, step)) {
    for (const x of stepsFrom(area.left + 1, area.right - 1, step)) {
      const element = elementAt(x, y, host);
      if (element === undefined) return false;
      if (seen.has(element)) continue;
      seen.add(element);
      for (const outer of chainOf(element)) if (!isBackground(outer)) return false;
      if (writesIn(element, area)) return false;
    }
  }
  return true;
}
