/** The card of the plan, to send on: a picture, and a link that shows it again. */
import { useSignal } from '@preact/signals';
import { useMemo, useRef } from 'preact/hooks';
import type { Plan } from 'signalbox/build';
import { save } from '../../../shared/save.js';
import { figuresOf } from './figures.js';
import { fragmentOf } from './link.js';
import { CardPicture } from './picture.js';

const pngOf = (canvas: HTMLCanvasElement) => new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/png'));

export function ShareCard({ plan }: { plan: Plan }) {
  const withWords = useSignal(false);
  const said = useSignal('');
  const canvas = useRef<HTMLCanvasElement | undefined>(undefined);
  const figures = useMemo(() => figuresOf(plan, withWords.value), [plan, withWords.value]);
  const link = useMemo(() => new URL(fragmentOf(figures), location.href).href, [figures]);
  const download = async () => {
    const picture = canvas.current && (await pngOf(canvas.current));
    if (picture) save('signalbox.png', 'image/png', [picture]);
    else said.value = 'This browser cannot save the picture.';
  };
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(link);
      said.value = 'Copied the link.';
    } catch {
      said.value = 'The browser does not let the page copy. Copy the link from the field.';
    }
  };
  return (
    <div class="card-share">
      <CardPicture
        figures={figures}
        onDrawn={(drawn) => {
          canvas.current = drawn;
        }}
      />
      <p>
        <label>
          <input
            type="checkbox"
            data-card-words
            checked={withWords.value}
            onChange={(event) => {
              withWords.value = event.currentTarget.checked;
            }}
          />
          Show the largest families. Their names are words of your prompts
        </label>
      </p>
      <div class="actions">
        <button type="button" class="small" data-card-download onClick={download}>
          Download the picture
        </button>
        <button type="button" class="secondary outline small" data-card-copy onClick={copy}>
          Copy the link
        </button>
        <span role="status" data-card-said>
          {said}
        </span>
      </div>
      <label for="card-link">The link holds the figures after its #, a part that browsers never send to a server</label>
      <input id="card-link" readOnly value={link} onFocus={(event) => event.currentTarget.select()} />
    </div>
  );
}
