/** Marks over the points: models with a role, drawn as shapes with a label. In pixels of the canvas. */

export type Role = 'pick' | 'best-single' | 'challenger';

/** From the outermost shape to the innermost, so that a model with several roles shows all of them. */
export const ROLES: readonly Role[] = ['challenger', 'best-single', 'pick'];

/** A model with a role, and its position. */
export interface Mark {
  x: number;
  y: number;
  roles: readonly Role[];
  label: string;
}

export interface Rect {
  left: number;
  top: number;
  width: number;
  height: number;
}

/** Paths around (0, 0), for a view box from -14 to 14; the legend uses them, too. */
export const OUTLINES: Record<Role, string> = {
  pick: 'M0,-7 L7,0 L0,7 L-7,0 Z',
  'best-single': 'M-8,-8 H8 V8 H-8 Z',
  challenger: 'M0,-13 L12.5,10 H-12.5 Z',
};

/** Half the size of a mark. */
const REACH = 14;
const GAP = 3;

export function drawMark(
  ctx: CanvasRenderingContext2D,
  { x, y, roles }: Mark,
  colourOf: (role: Role) => string,
  px: number,
) {
  ctx.save();
  ctx.translate(x, y);
  ctx.scale(px, px);
  ctx.lineWidth = 2;
  for (const role of ROLES) {
    if (!roles.includes(role)) continue;
    const outline = new Path2D(OUTLINES[role]);
    ctx.strokeStyle = ctx.fillStyle = colourOf(role);
    if (role === 'pick') ctx.fill(outline);
    else ctx.stroke(outline);
  }
  ctx.restore();
}

const overlaps = (a: Rect, b: Rect) =>
  a.left < b.left + b.width && b.left < a.left + a.width && a.top < b.top + b.height && b.top < a.top + a.height;

const isInside = (a: Rect, b: Rect) =>
  a.left >= b.left && a.top >= b.top && a.left + a.width <= b.left + b.width && a.top + a.height <= b.top + b.height;

/** Yields positions for a label, in order of preference: beside the mark, then above and below it. */
function* placesOf({ x, y }: Mark, width: number, height: number, reach: number, plot: Rect): Generator<Rect> {
  const [first, last] = [plot.left, plot.left + plot.width - width];
  for (const rise of [0, 1, -1, 1.8, -1.8, 2.6, -2.6]) {
    const top = y - height / 2 - rise * (reach + height / 2);
    yield { left: x + reach, top, width, height };
    yield { left: x - reach - width, top, width, height };
    if (rise !== 0) yield { left: Math.min(last, Math.max(first, x - width / 2)), top, width, height };
  }
}

/** Shortens a text to the available width. */
export function shortened(ctx: CanvasRenderingContext2D, text: string, room: number): string {
  if (ctx.measureText(text).width <= room) return text;
  const letters = Array.from(text);
  const cut = (length: number) => `${letters.slice(0, length).join('')}…`;
  let [fits, tooLong] = [0, letters.length];
  while (tooLong - fits > 1) {
    const middle = (fits + tooLong) >> 1;
    if (ctx.measureText(cut(middle)).width <= room) fits = middle;
    else tooLong = middle;
  }
  return cut(fits);
}

/** Draws labels beside their marks, inside the plot, without overlaps if there is room. */
export function drawLabels(
  ctx: CanvasRenderingContext2D,
  marks: readonly Mark[],
  plot: Rect,
  px: number,
  halo: string,
) {
  const height = 18 * px;
  const reach = (REACH + GAP) * px;
  const taken: Rect[] = marks.map(({ x, y }) => ({
    left: x - REACH * px,
    top: y - REACH * px,
    width: 2 * REACH * px,
    height: 2 * REACH * px,
  }));
  ctx.textAlign = 'left';
  ctx.textBaseline = 'middle';
  ctx.lineJoin = 'round';
  ctx.lineWidth = 4 * px;
  for (const mark of marks) {
    const text = shortened(ctx, mark.label, 0.8 * plot.width);
    const places = [...placesOf(mark, ctx.measureText(text).width, height, reach, plot)];
    const inside = places.filter((place) => isInside(place, plot));
    const place = inside.find((rect) => !taken.some((other) => overlaps(rect, other))) ?? inside[0];
    if (place === undefined) continue;
    taken.push(place);
    ctx.strokeStyle = halo;
    ctx.strokeText(text, place.left, place.top + height / 2);
    ctx.fillText(text, place.left, place.top + height / 2);
  }
}
