/** Export and import: everything as one file, for another browser or for later. */
import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { bytes, count } from '../../shared/format.js';
import { save } from '../../shared/save.js';
import type { OwnIndex, Stored } from '../stored/schema.js';
import { stored } from '../stored/stored-signals.js';
import type { Everything } from '../stored/transfer.js';
import { exportAll, importAll, readExported } from './export-import.js';
import { feedback, granted } from './state.js';
import { StatusLine, useStatus } from './status-line.js';

const indexWords = (index: Pick<OwnIndex, 'name' | 'sizeBytes'> | null) =>
  index === null ? 'the shipped benchmark' : `the index ${index.name} (${bytes(index.sizeBytes)})`;

const words = (settings: Pick<Stored, 'sites' | 'index'>, judgements: number) =>
  `the settings, ${count(Object.keys(settings.sites).length, 'site')}, ${count(judgements, 'judgement')}, ${indexWords(settings.index)}`;

interface OfferProps {
  found: Everything;
  onReplace: () => void;
  onCancel: () => void;
}

/** Says what goes and what comes, before anything does. */
function Offer({ found, onReplace, onCancel }: OfferProps) {
  const first = useRef<HTMLButtonElement>(null);
  useEffect(() => first.current?.focus(), []);
  return (
    <fieldset class="confirm" aria-label="Replace everything?" data-offer>
      <dl>
        <dt>The file holds</dt>
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
    }, `Looking into ${file.name}.`);
  const replace = (everything: Everything) =>
    attempt(async () => {
      await importAll(everything);
      close();
      return 'Imported.';
    }, 'Replacing.');
  const missing = Object.keys(stored.value.sites).filter((origin) => !granted.value.has(origin)).length;
  return (
    <>
      <label for="import">Import such a file</label>
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
          The browser's permissions do not travel in a file: <a href="#sites">grant {count(missing, 'site')}</a>, where
          you want a badge.
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
      return `Exported: ${bytes(zip.byteLength)}.`;
    }, 'Packing.');
  return (
    <section id="transfer" aria-labelledby="transfer-title">
      <h2 id="transfer-title">Export and import</h2>
      <p>
        One file with all of it: settings, sites, judgements with their prompts, and an index of your own. Nobody else
        gets it unless you give it to them.
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
