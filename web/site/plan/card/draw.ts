/** Draws a card as a picture: the sentence, the figures, the curve and the lamp. */
import { count, percent } from '../../../shared/format.js';
import { cents, signed } from '../amounts.js';
import { type Lamp, lampOf } from '../lamp.js';
import { type CardFigures, headlineOf } from './figures.js';

/** The size that previews of links have. */
export const WIDTH = 1200;
export const HEIGHT = 630;

const MARGIN = 64;
const PAPER = '#10161d';
const PANEL = '#19222c';
const INK = '#f4f7fa';
const QUIET = '#a9b7c4';
const LINE = '#33404d';
const DARK_LAMP = '#2b3744';
const LAMPS: Record<Lamp, string> = { stop: '#e5484d', caution: '#f5b301', clear: '#2fbf71' };
const BASELINE = '#ffa057';

type Context = CanvasRenderingContext2D;

const fontOf =
  (family: string) =>
  (size: number, weight = 400) =>
    `${weight} ${size}px ${family}`;
type Font = ReturnType<typeof fontOf>;

/** Cuts a text at the end until it fits. */
function fitted(ctx: Context, text: string, width: number): string {
  if (ctx.measureText(text).width <= width) return text;
  const letters = [...text];
  while (letters.length > 1 && ctx.measureText(`${letters.join('')}…`).width > width) letters.pop();
  return `${letters.join('')}…`;
}

/** Breaks a text into lines at its spaces. */
function linesOf(ctx: Context, text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    const longer = last === undefined ? word : `${last} ${word}`;
    if (last === undefined || ctx.measureText(longer).width > width) lines.push(fitted(ctx, word, width));
    else lines[lines.length - 1] = longer;
  }
  return lines;
}

/** Writes a text as large as it fits into some lines. Returns the height. */
function writeHeadline(ctx: Context, text: string, font: Font, most: number): number {
  for (const size of [46, 42, 38, 34, 30, 26]) {
    ctx.font = font(size, 650);
    const lines = linesOf(ctx, text, WIDTH - 2 * MARGIN);
    const line = 1.24 * size;
    if (lines.length * line > most && size > 26) continue;
    const shown = lines.slice(0, Math.floor(most / line));
    if (shown.length < lines.length) shown[shown.length - 1] = `${shown.at(-1)}…`;
    ctx.fillStyle = INK;
    for (const [i, one] of shown.entries()) ctx.fillText(one, MARGIN, 148 + (i + 0.8) * line);
    return shown.length * line;
  }
  return 0;
}

/** Draws a signal with three lamps, one of them lit. */
function drawSignal(ctx: Context, lamp: Lamp, x: number, y: number): void {
  ctx.fillStyle = '#3d4a57';
  ctx.beginPath();
  ctx.roundRect(x, y, 112, 44, 22);
  ctx.fill();
  for (const [i, which] of (Object.keys(LAMPS) as Lamp[]).entries()) {
    const isLit = which === lamp;
    ctx.fillStyle = isLit ? LAMPS[which] : DARK_LAMP;
    ctx.shadowColor = LAMPS[which];
    ctx.shadowBlur = isLit ? 18 : 0;
    ctx.beginPath();
    ctx.arc(x + 22 + 34 * i, y + 22, 13, 0, 2 * Math.PI);
    ctx.fill();
  }
  ctx.shadowBlur = 0;
}

function drawDot(ctx: Context, x: number, y: number, radius: number, colour: string): void {
  ctx.fillStyle = colour;
  ctx.strokeStyle = PANEL;
  ctx.lineWidth = 4;
  ctx.beginPath();
  ctx.arc(x, y, radius, 0, 2 * Math.PI);
  ctx.stroke();
  ctx.fill();
}

interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

function drawCurve(ctx: Context, figures: CardFigures, font: Font, lamp: Lamp, box: Box): void {
  const { curve, points, usdPer1000, baseline } = figures;
  ctx.fillStyle = PANEL;
  ctx.beginPath();
  ctx.roundRect(box.x, box.y, box.width, box.height, 14);
  ctx.fill();
  if (usdPer1000 === null || baseline.usdPer1000 === null || curve.length === 0) return;
  const costs = [...curve.map(([usd]) => usd), usdPer1000.value, baseline.usdPer1000];
  const gains = [...curve.map(([, gain]) => gain), points.value, 0];
  const [dearest, low, high] = [Math.max(...costs) || 1, Math.min(...gains), Math.max(...gains)];
  const inner = { left: box.x + 28, right: box.x + box.width - 40, top: box.y + 34, bottom: box.y + box.height - 52 };
  const at = (usd: number, gain: number): [number, number] => [
    inner.left + ((inner.right - inner.left) * usd) / (1.02 * dearest),
    inner.bottom - ((inner.bottom - inner.top) * (gain - low)) / (high - low || 1),
  ];
  ctx.strokeStyle = LINE;
  ctx.lineWidth = 2;
  ctx.beginPath();
  ctx.moveTo(inner.left, inner.bottom + 12);
  ctx.lineTo(inner.right, inner.bottom + 12);
  ctx.stroke();
  ctx.strokeStyle = LAMPS.clear;
  ctx.lineWidth = 5;
  ctx.lineJoin = 'round';
  ctx.beginPath();
  for (const [usd, gain] of curve) ctx.lineTo(...at(usd, gain));
  ctx.stroke();
  drawDot(ctx, ...at(baseline.usdPer1000, 0), 9, BASELINE);
  drawDot(ctx, ...at(usdPer1000.value, points.value), 13, LAMPS[lamp]);
  ctx.font = font(19);
  ctx.fillStyle = QUIET;
  ctx.fillText('cheaper', inner.left, box.y + box.height - 14);
  ctx.textAlign = 'end';
  ctx.fillText(fitted(ctx, `${baseline.model} alone`, 320), inner.right, box.y + box.height - 14);
  ctx.textAlign = 'start';
}

/** The figures in large type: a number and what it is. */
function numbersOf({ points, saved, usdPer1000, rows }: CardFigures): readonly (readonly [string, string])[] {
  const cost =
    saved === null || usdPer1000 === null ? [] : [saved.value < 0 ? costs(-saved.value) : saves(saved.value)];
  return [
    ...cost,
    [signed(points.value), `points (${signed(points.low)} to ${signed(points.high)})`],
    [rows.toLocaleString('en'), 'graded prompts'],
  ];
}
const saves = (share: number) => [percent(share), 'of the cost saved'] as const;
const costs = (share: number) => [percent(share), 'more cost'] as const;

/** Draws the card. `family` is the font of its texts. */
export function drawCard(canvas: HTMLCanvasElement, figures: CardFigures, family: string): void {
  [canvas.width, canvas.height] = [WIDTH, HEIGHT];
  const ctx = canvas.getContext('2d');
  if (ctx === null) return;
  const font = fontOf(family);
  const lamp = lampOf(figures);
  ctx.fillStyle = PAPER;
  ctx.fillRect(0, 0, WIDTH, HEIGHT);
  drawSignal(ctx, lamp, MARGIN, 58);
  ctx.fillStyle = INK;
  ctx.font = font(32, 700);
  ctx.fillText('signalbox', MARGIN + 136, 91);
  ctx.font = font(22);
  ctx.fillStyle = QUIET;
  ctx.textAlign = 'end';
  ctx.fillText('Which model for which prompt?', WIDTH - MARGIN, 89);
  ctx.textAlign = 'start';
  const top = 148 + writeHeadline(ctx, headlineOf(figures), font, 190) + 30;
  const box = { x: 560, y: top, width: WIDTH - MARGIN - 560, height: HEIGHT - 56 - top };
  const { families } = figures;
  if (families.length > 0) writeFamilies(ctx, families, font, box);
  else drawCurve(ctx, figures, font, lamp, box);
  let y = top;
  const room = (HEIGHT - 56 - top) / 3;
  for (const [number, words] of numbersOf(figures)) {
    ctx.fillStyle = INK;
    ctx.font = font(44, 700);
    ctx.fillText(number, MARGIN, y + 42);
    const across = Math.max(150, ctx.measureText(number).width + 18);
    ctx.fillStyle = QUIET;
    ctx.font = font(22);
    ctx.fillText(fitted(ctx, words, 560 - 40 - MARGIN - across), MARGIN + across, y + 40);
    y += room;
  }
}

/** Lists the largest families, and where each goes. */
function writeFamilies(ctx: Context, families: CardFigures['families'], font: Font, box: Box): void {
  ctx.fillStyle = PANEL;
  ctx.beginPath();
  ctx.roundRect(box.x, box.y, box.width, box.height, 14);
  ctx.fill();
  const line = Math.min(54, (box.height - 24) / families.length);
  for (const [i, { name, share, pick }] of families.entries()) {
    const y = box.y + 12 + line * (i + 0.65);
    ctx.fillStyle = INK;
    ctx.font = font(20, 600);
    ctx.fillText(fitted(ctx, name, 250), box.x + 24, y);
    ctx.fillStyle = QUIET;
    ctx.font = font(20);
    ctx.fillText(`${percent(share)} to`, box.x + 290, y);
    ctx.fillStyle = INK;
    ctx.fillText(fitted(ctx, pick, box.width - 390), box.x + 370, y);
  }
}

/** Says a card in a sentence, for those who do not see it. */
export const spokenOf = (figures: CardFigures) =>
  `${headlineOf(figures)} Estimated from ${count(figures.rows, 'graded prompt')}${
    figures.usdPer1000 === null ? '' : `, at ${cents(figures.usdPer1000.value)} per 1,000 answers`
  }.`;
