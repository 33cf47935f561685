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

interface Spot {
  left: number;
  top: number;
}

const GAP = 6;
const EDGE = 4;
/** Minimum height of a card. */
const LEAST_HEIGHT = 140;

const clamp = (x: number, low: number, high: number) => Math.max(low, Math.min(x, high));

/**
 * Returns the position at the end of the line above the frame, or else below; `undefined` if there is no room, or the
 * frame is out of view.
 */
export function besideFrame(frame: Rect, { width, height }: Size, view: Rect, isRtl: boolean): Spot | undefined {
  const isSeen =
    frame.right > view.left && frame.left < view.right && frame.bottom > view.top && frame.top < view.bottom;
  if (!isSeen) return undefined;
  const above = frame.top - GAP - height;
  const below = frame.bottom + GAP;
  const isAbove = above >= view.top + EDGE;
  if (!isAbove && below + height > view.bottom - EDGE) return undefined;
  const wanted = isRtl ? frame.left : frame.right - width;
  const left = clamp(wanted, view.left + EDGE, Math.max(view.left + EDGE, view.right - EDGE - width));
  return { left, top: isAbove ? above : below };
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
