/** Positions of badge and card: beside the prompt box, and within the visible part of the page. In CSS pixels. */

export interface Rect {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

export interface Size {
  width: number;
  height: number;
}

export interface Spot {
  left: number;
  top: number;
}

const GAP = 6;
const EDGE = 4;
/** Heights of the row of buttons at the bottom of a frame, and the distance of the places in it. */
const ROWS = [54, 44];
const ROW_STEP = 12;
/** Farther distances above and below, in heights of the badge: past a line of hints, a heading, suggestions. */
const FARTHER = [1, 2, 3];
/** Minimum height of a card. */
const LEAST_HEIGHT = 140;

const clamp = (x: number, low: number, high: number) => Math.max(low, Math.min(x, high));

/** Whether any of the frame is in view. */
const isSeen = (frame: Rect, view: Rect) =>
  frame.right > view.left && frame.left < view.right && frame.bottom > view.top && frame.top < view.bottom;

/** Yields the places that `spotsAround` filters, and moves along the line into view. */
function* allAround(frame: Rect, { width, height }: Size, isRtl: boolean): Generator<Spot> {
  const [start, end] = isRtl ? [frame.right - width, frame.left] : [frame.left, frame.right - width];
  const [above, below] = [frame.top - GAP - height, frame.bottom + GAP];
  const ends = [end, start, (start + end) / 2];
  for (const top of [above, below]) for (const left of ends) yield { left, top };
  const low = frame.bottom - EDGE - height;
  const beside = [frame.right + GAP, frame.left - GAP - width];
  for (const left of isRtl ? beside.reverse() : beside) yield { left, top: low };
  const [first, last] = [frame.left + EDGE, frame.right - EDGE - width];
  for (const row of ROWS) {
    const top = frame.bottom - (row + height) / 2;
    if (top > frame.top) for (let left = last; left >= first; left -= ROW_STEP) yield { left, top };
  }
  for (const away of FARTHER) {
    for (const top of [below + away * height, above - away * height]) for (const left of ends) yield { left, top };
  }
}

/**
 * Yields places for the badge, the best first: above and below the frame, beside it, in the row of buttons at its bottom,
 * which is mostly empty between them, and farther away. All are within the view; there are none if the frame is not.
 */
export function* spotsAround(frame: Rect, size: Size, view: Rect, isRtl: boolean): Generator<Spot> {
  if (!isSeen(frame, view)) return;
  const right = view.right - EDGE - size.width;
  for (const { left, top } of allAround(frame, size, isRtl)) {
    const isIn = top >= view.top + EDGE && top + size.height <= view.bottom - EDGE;
    // Beside the frame there is no room to move along.
    const isBeside = left >= frame.right || left + size.width <= frame.left;
    if (!isIn || (isBeside && (left < view.left + EDGE || left > right))) continue;
    yield { left: clamp(left, view.left + EDGE, Math.max(view.left + EDGE, right)), top };
  }
}

/**
 * Returns the position of the card beyond badge and frame, preferably on the badge's side. If there is no room on either
 * side, the card covers the frame: the user opened it and can close it.
 */
export function besideBadge(badge: Rect, frame: Rect, { width, height }: Size, view: Rect, isRtl: boolean) {
  const least = Math.min(height, LEAST_HEIGHT);
  const isAbove = badge.top < frame.top;
  const sides = [
    { isUp: true, edge: Math.min(badge.top, frame.top) - GAP, room: 0 },
    { isUp: false, edge: Math.max(badge.bottom, frame.bottom) + GAP, room: 0 },
  ];
  for (const side of sides) side.room = side.isUp ? side.edge - view.top - EDGE : view.bottom - EDGE - side.edge;
  const roomy = sides.filter(({ room }) => room >= least);
  const side =
    roomy.find(({ isUp, room }) => isUp === isAbove && room >= height) ?? roomy.sort((a, b) => b.room - a.room)[0];
  const wanted = isRtl ? badge.left : badge.right - width;
  const left = clamp(wanted, view.left + EDGE, Math.max(view.left + EDGE, view.right - EDGE - width));
  const maxHeight = side?.room ?? view.bottom - view.top - 2 * EDGE;
  const shown = Math.min(height, maxHeight);
  if (side !== undefined) return { left, top: side.isUp ? side.edge - shown : side.edge, maxHeight };
  return { left, top: clamp(badge.bottom + GAP, view.top + EDGE, view.bottom - EDGE - shown), maxHeight };
}
