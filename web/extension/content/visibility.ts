/** The visible part of a prompt box and its page. */
import { chainOf, outwards } from './dom.js';
import type { Rect } from './position.js';

/** How far a frame may extend beyond the text: room for buttons, files and a line of hints. */
const FRAME = { aside: 140, above: 120, below: 120, levels: 8 };

const isDrawn = (element: Element) => {
  const { borderTopWidth, borderTopStyle, boxShadow, borderTopLeftRadius, overflow } = getComputedStyle(element);
  const hasBorder = borderTopStyle !== 'none' && Number.parseFloat(borderTopWidth) > 0;
  return hasBorder || boxShadow !== 'none' || (Number.parseFloat(borderTopLeftRadius) >= 6 && overflow !== 'auto');
};

/** Returns the element with the visible border around box, buttons and files; the box itself if there is none. */
export function frameOf(box: HTMLElement): HTMLElement {
  const inner = box.getBoundingClientRect();
  let frame = box;
  let levels = 0;
  for (let outer = outwards(box); outer instanceof HTMLElement && levels < FRAME.levels; outer = outwards(outer)) {
    const { left, top, right, bottom } = outer.getBoundingClientRect();
    const isNear =
      inner.left - left <= FRAME.aside &&
      right - inner.right <= FRAME.aside &&
      inner.top - top <= FRAME.above &&
      bottom - inner.bottom <= FRAME.below;
    if (!isNear || outer === document.body) break;
    if (isDrawn(outer)) frame = outer;
    levels += 1;
  }
  return frame;
}

/** Returns the visible part of the page, which is less than the window after zooming in or with an on-screen keyboard. */
export function viewOf(): Rect {
  const { clientWidth } = document.documentElement;
  const view = visualViewport;
  const [left, top] = [view?.offsetLeft ?? 0, view?.offsetTop ?? 0];
  const width = Math.min(view?.width ?? innerWidth, clientWidth || innerWidth);
  return { left, top, right: left + width, bottom: top + (view?.height ?? innerHeight) };
}

/** Points to test, as shares of a box's width and height. */
const SPOTS = [0.5, 0.1, 0.9].flatMap((x) => [0.8, 0.2].map((y) => [x, y] as const));

/** Whether the page covers the whole box: with a dialog, a menu, another view. */
export function isCovered(box: HTMLElement, frame: Element, host: Element): boolean {
  const { visibility, opacity } = getComputedStyle(box);
  const { left, top, width, height } = box.getBoundingClientRect();
  if (width === 0 || height === 0 || visibility !== 'visible' || opacity === '0') return true;
  const outer = new Set(chainOf(box));
  let hits = 0;
  for (const [x, y] of SPOTS) {
    const hit = document.elementFromPoint(left + x * width, top + y * height);
    if (hit === null) continue;
    // One point is enough: each is slow in a text of megabytes.
    if (hit === host || outer.has(hit) || frame.contains(hit)) return false;
    hits += 1;
  }
  // No hit at all: the visible part lies between the points.
  return hits > 0;
}
