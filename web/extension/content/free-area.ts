/** Whether the page has anything in an area, which the badge must not cover. */
import type { Rect } from './position.js';

/** Distance of the points that are tested, a little less than the size of an icon. */
const STEP = 11;
/** More texts than this are in one element only in pages that are a single text. */
const MOST_TEXTS = 60;
/** Elements that are never mere background. */
const THINGS =
  'a, button, input, textarea, select, label, summary, img, svg, video, canvas, iframe, object, embed, [contenteditable], [role="button"], [role="textbox"], [role="menuitem"], [role="option"], [role="radio"], [role="tab"], [role="switch"], [role="checkbox"], [tabindex="0"]';

const meet = (a: Rect, b: Rect) => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;

/** Whether an element draws text of its own in an area. */
function writesIn(element: Element, area: Rect): boolean {
  let texts = 0;
  for (const node of element.childNodes) {
    if (!(node instanceof Text) || node.length === 0 || !/\S/.test(node.substringData(0, 200))) continue;
    texts += 1;
    if (texts > MOST_TEXTS) return true;
    const range = document.createRange();
    range.selectNodeContents(node);
    for (const line of range.getClientRects()) if (meet(line, area)) return true;
  }
  return false;
}

/** Returns the topmost element at a point, below the badge. */
function elementAt(x: number, y: number, host: Element): Element | undefined {
  const hit = document.elementFromPoint(x, y);
  if (hit !== host) return hit ?? undefined;
  return document.elementsFromPoint(x, y).find((element) => element !== host);
}

/** Returns the numbers from one to another in steps, both included. */
function* stepsFrom(low: number, high: number): Generator<number> {
  const steps = Math.max(1, Math.ceil((high - low) / STEP));
  for (let i = 0; i <= steps; i += 1) yield low + ((high - low) * i) / steps;
}

/** Whether an area shows nothing but background: no text, picture, or anything to click. */
export function isFree({ left, top, right, bottom }: Rect, host: Element): boolean {
  const area = { left, top, right, bottom };
  const seen = new Set<Element>();
  for (const y of stepsFrom(top + 1, bottom - 1)) {
    for (const x of stepsFrom(left + 1, right - 1)) {
      const element = elementAt(x, y, host);
      if (element === undefined) return false;
      if (seen.has(element)) continue;
      seen.add(element);
      // Whole pages have a `tabindex` to take the focus.
      const thing = element.closest(THINGS);
      if (thing !== null && thing !== document.body && thing !== document.documentElement) return false;
      if (writesIn(element, area)) return false;
    }
  }
  return true;
}
