/** A card as a picture in the page. */
import './style.css';
import { useEffect, useRef } from 'preact/hooks';
import { drawCard, HEIGHT, spokenOf, WIDTH } from './draw.js';
import type { CardFigures } from './figures.js';

interface Props {
  figures: CardFigures;
  onDrawn?: (canvas: HTMLCanvasElement) => void;
}

export function CardPicture({ figures, onDrawn }: Props) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const here = canvas.current;
    if (here === null) return;
    const { fontFamily } = getComputedStyle(here);
    const draw = () => {
      drawCard(here, figures, fontFamily);
      onDrawn?.(here);
    };
    draw();
    // Again once the page's font is there: a canvas does not wait for it.
    Promise.all([400, 650].map((weight) => document.fonts.load(`${weight} 40px ${fontFamily}`))).then(
      draw,
      () => undefined,
    );
  }, [figures]);
  return (
    <canvas
      ref={canvas}
      class="card-picture"
      width={WIDTH}
      height={HEIGHT}
      role="img"
      aria-label={spokenOf(figures)}
      data-card-picture
    />
  );
}
