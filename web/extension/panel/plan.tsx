/** The basis of the decision; a plan or another index of the user's own can be dropped anywhere in the panel, and taken out. */
import { signal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { routeOnFile, routeOnShipped } from '../mine/own-benchmark.js';
import { StatusLine, useStatus } from '../mine/status-line.js';
import { stored } from '../stored/stored-signals.js';

/** Whether a file is held over the panel. */
const isOver = signal(false);

const hasFile = ({ dataTransfer }: DragEvent) => dataTransfer?.types.includes('Files') ?? false;

/** Follows files over the whole panel: a file that misses a small target would replace the page. */
function useDrops(onFile: (file: File) => void): void {
  useEffect(() => {
    const ending = new AbortController();
    const listen = (type: 'dragenter' | 'dragover' | 'dragleave' | 'drop', action: (event: DragEvent) => void) =>
      document.addEventListener(type, (event) => hasFile(event) && action(event), { signal: ending.signal });
    const over = (event: DragEvent) => {
      event.preventDefault();
      isOver.value = true;
    };
    listen('dragenter', over);
    listen('dragover', over);
    listen('dragleave', ({ relatedTarget }) => {
      if (relatedTarget === null) isOver.value = false;
    });
    listen('drop', (event) => {
      event.preventDefault();
      isOver.value = false;
      const [file] = event.dataTransfer?.files ?? [];
      if (file !== undefined) onFile(file);
    });
    return () => ending.abort();
  }, []);
}

function Ratings({ counted }: { counted: number }) {
  if (counted === 0) return null;
  return (
    <>
      {' '}
      and{' '}
      <a href="../settings/index.html#feedback" target="_blank" data-counted rel="noopener">
        {counted} of your ratings
      </a>
    </>
  );
}

export function Basis({ counted }: { counted: number }) {
  const { index } = stored.value;
  const field = useRef<HTMLInputElement>(null);
  const choose = useRef<HTMLButtonElement>(null);
  const { status, attempt } = useStatus();
  const isTakingOut = useRef(false);
  const open = (file: File) =>
    attempt(async () => {
      await routeOnFile(file).catch((error: Error) => {
        throw new Error(`${file.name} cannot be used, and nothing was changed: ${error.message}`);
      });
      return `${file.name} is now in use.`;
    }, `Reading ${file.name}`);
  const takeOut = () =>
    attempt(async () => {
      isTakingOut.current = true;
      if (index !== null) await routeOnShipped(index);
      return 'Your file was erased. The built-in benchmark is in use again.';
    });
  useEffect(() => {
    // The button that was pressed has disappeared.
    if (isTakingOut.current && index === null) choose.current?.focus();
    isTakingOut.current = false;
  }, [index]);
  useDrops(open);
  return (
    <div class="by" data-basis>
      <p>
        Based on{' '}
        <a href="../settings/index.html#benchmark" target="_blank" data-benchmark rel="noopener">
          {index === null ? 'the built-in benchmark' : <bdi>{index.name}</bdi>}
        </a>
        <Ratings counted={counted} />.{' '}
        {index === null ? (
          <button
            ref={choose}
            type="button"
            class="link-button"
            data-choose-plan
            onClick={() => field.current?.click()}
          >
            Use a plan of your own (.sbx)
          </button>
        ) : (
          <button type="button" class="link-button" data-take-out onClick={takeOut}>
            Take it out
          </button>
        )}
      </p>
      <input
        ref={field}
        type="file"
        id="plan"
        accept=".sbx"
        aria-label="A plan of your own"
        onChange={({ currentTarget }) => {
          const [file] = currentTarget.files ?? [];
          if (file !== undefined) open(file);
          currentTarget.value = '';
        }}
      />
      <StatusLine status={status} name="plan" />
      {isOver.value && (
        <div class="drop" data-drop>
          Drop a plan (.sbx) here. It is checked, and stays on this device.
        </div>
      )}
    </div>
  );
}
