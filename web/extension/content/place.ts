/** Where badge and card go: beside the prompt box, never over it, and inside of what is seen. In CSS pixels. */

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
  isAbove: boolean;
}

const GAP = 6;
const EDGE = 4;
/** A card that is lower than this is none. */
const LEAST_HEIGHT = 140;

const clamp = (x: number, low: number, high: number) => Math.max(low, Math.min(x, high));

/** At the end of the line above the frame, or below it; undefined where neither has room, or the frame is out of sight. */
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
  return { left, top: isAbove ? above : below, isAbove };
}

/** On the badge's far side of the frame, as high as there is room for. */
export function besideBadge(badge: Rect, { width, height }: Size, view: Rect, isAbove: boolean, isRtl: boolean) {
  const roomAbove = badge.top - GAP - view.top - EDGE;
  const roomBelow = view.bottom - EDGE - badge.bottom - GAP;
  const least = Math.min(height, LEAST_HEIGHT);
  const goesUp = isAbove ? roomAbove >= least || roomAbove >= roomBelow : roomBelow < least && roomAbove > roomBelow;
  const maxHeight = Math.max(0, goesUp ? roomAbove : roomBelow);
  const shown = Math.min(height, maxHeight);
  const wanted = isRtl ? badge.left : badge.right - width;
  const left = clamp(wanted, view.left + EDGE, Math.max(view.left + EDGE, view.right - EDGE - width));
  return { left, top: goesUp ? badge.top - GAP - shown : badge.bottom + GAP, maxHeight };
}
