/** Export and import of everything as one file, for another browser or as a backup. */
import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { bytes, count } from '../../shared/format.js';
import { save } from '../../shared/save.js';
import { StatusLine, useStatus } from '../mine/status-line.js';
import type { OwnIndex, Stored } from '../stored/schema.js';
import { stored } from '../stored/stored-signals.js';
import type { Everything } from '../stored/transfer.js';
import { exportAll, importAll, readExported } from './export-import.js';
import { feedback, granted } from './state.js';

const indexWords = (index: Pick<OwnIndex, 'name' | 'sizeBytes'> | null) =>
  index === null ? 'the built-in benchmark' : `the index ${index.name} (${bytes(index.sizeBytes)})`;

const words = (settings: Pick<Stored, 'sites' | 'index'>, ratings: number) =>
  `the settings, ${count(Object.keys(settings.sites).length, 'site')}, ${count(ratings, 'rating')}, ${indexWords(settings.index)}`;

interface OfferProps {
  found: Everything;
  onReplace: () => void;
  onCancel: () => void;
}

/** Asks before anything is replaced, and lists both sides. */
function Offer({ found, onReplace, onCancel }: OfferProps) {
  const first = useRef<HTMLButtonElement>(null);
  useEffect(() => first.current?.focus(), []);
  return (
    <fieldset class="confirm" aria-label="Replace everything?" data-offer>
      <dl>
        <dt>The file contains</dt>
        <dd dir="auto" data-comes>
          {words(found.stored, found.feedback.length)}
        </dd>
        <dt>It replaces</dt>
        <dd dir="auto" data-goes>
          {words(stored.value, feedback.value.length)}
        </dd>
      </dl>
      <div class="actions">
        <button ref={first} type="button" class="secondary outline small" onClick={onCancel}>
          Keep what I have
        </button>
        <button type="button" class="small danger" data-replace onClick={onReplace}>
          Replace everything
        </button>
      </div>
    </fieldset>
  );
}

function Import() {
  const field = useRef<HTMLInputElement>(null);
  const found = useSignal<Everything | undefined>(undefined);
  const { status, attempt } = useStatus();
  const close = () => {
    found.value = undefined;
    field.current?.focus();
  };
  const open = (file: File) =>
    attempt(async () => {
      found.value = undefined;
      found.value = await readExported(file);
      return '';
    }, `Reading ${file.name}`);
  const replace = (everything: Everything) =>
    attempt(async () => {
      await importAll(everything);
      close();
      return 'Imported.';
    }, 'Importing');
  const missing = Object.keys(stored.value.sites).filter((origin) => !granted.value.has(origin)).length;
  return (
    <>
      <label for="import">Import from a file</label>
      <input
        ref={field}
        id="import"
        type="file"
        accept=".zip"
        onClick={(event) => {
          event.currentTarget.value = '';
        }}
        onChange={(event) => {
          const [file] = event.currentTarget.files ?? [];
          if (file !== undefined) open(file);
        }}
      />
      {found.value !== undefined && (
        <Offer
          found={found.value}
          onCancel={close}
          onReplace={() => found.value !== undefined && replace(found.value)}
        />
      )}
      <StatusLine status={status} name="import" />
      {status.value.text === 'Imported.' && missing > 0 && (
        <p data-to-grant>
          A file does not contain the browser's permissions: <a href="#sites">allow {count(missing, 'site')}</a> again
          to see badges there.
        </p>
      )}
    </>
  );
}

export function TransferSection() {
  const { status, attempt } = useStatus();
  const download = () =>
    attempt(async () => {
      const zip = await exportAll();
      save('signalbox.zip', 'application/zip', [zip]);
      return `Exported ${bytes(zip.byteLength)}.`;
    }, 'Exporting');
  return (
    <section id="transfer" aria-labelledby="transfer-title">
      <h2 id="transfer-title">Export and import</h2>
      <p>
        One file with everything: settings, sites, ratings with their prompts, and your own index. It stays with you
        unless you share it.
      </p>
      <p>
        <button type="button" class="secondary outline small" data-export onClick={download}>
          Export everything
        </button>
      </p>
      <StatusLine status={status} name="export" />
      <Import />
    </section>
  );
}
