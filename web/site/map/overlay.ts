/** Draws the upper layer: the prompt, the lines to its neighbours, and the selected sample. */
import type { Place } from './place.js';

export interface OverlayScene {
  place: Place | undefined;
  selected: number | undefined;
  /** Convert a position of the map, and a row, to CSS pixels. */
  at: (x: number, y: number) => [number, number];
  atRow: (row: number) => [number, number];
  ink: string;
  paper: string;
}

/** Dashes show that a position means little. */
const DASHES = [4, 4];

export function drawOverlay(context: CanvasRenderingContext2D, scene: OverlayScene): void {
  const { place, selected, at, atRow, ink, paper } = scene;
  /** Strokes with an outline in the background's colour, to stand out from the samples. */
  const stroke = (width: number) => {
    context.strokeStyle = paper;
    context.lineWidth = width + 3;
    context.stroke();
    context.strokeStyle = ink;
    context.lineWidth = width;
    context.stroke();
  };
  const ring = (middle: [number, number], radius: number, width: number) => {
    context.beginPath();
    context.arc(...middle, radius, 0, 2 * Math.PI);
    stroke(width);
  };
  if (place !== undefined) {
    const middle = at(place.x, place.y);
    context.setLineDash(place.isVague ? DASHES : []);
    context.beginPath();
    for (const row of place.near) {
      context.moveTo(...middle);
      context.lineTo(...atRow(row));
    }
    stroke(1.25);
    for (const row of place.near) ring(atRow(row), 5, 1.5);
    ring(middle, 9, 3);
    context.setLineDash([]);
  }
  if (selected !== undefined) ring(atRow(selected), 7, 2.5);
}
