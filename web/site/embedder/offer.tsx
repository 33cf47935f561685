/** An offer: what it downloads and from where, the download, and what became of it. */
import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { bytes } from '../../shared/format.js';
import { LoadFailed } from '../lazy-section.js';
import { checkVersion } from '../offline/version.js';
import { cautionsFor } from './cautions.js';
import { hostOf, missingBytes, type Offer, runtimeBytes } from './offers.js';
import { current, loadedBytes, stageOf, storedOf, totalBytes } from './stage.js';

type Refine = typeof import('./refine.js');

/** Names the files that are still to be downloaded, their sizes and their hosts. */
function Parts({ offer }: { offer: Offer }) {
  const stored = storedOf(offer);
  const host = hostOf(offer);
  const weights = stored.model ? [] : [`the weights, ${bytes(offer.modelBytes)}`];
  const others = [
    ...(stored.index ? [] : [`their index, ${bytes(offer.index.sizeBytes)}`]),
    ...(stored.runtime
      ? []
      : [`ONNX Runtime, which runs them, ${bytes(runtimeBytes)} (less if the host compresses it)`]),
  ];
  const isOwn = host === location.host;
  const parts = isOwn
    ? [{ host: 'this page’s own host', files: [...weights, ...others] }]
    : [
        { host, files: weights },
        { host: 'this page’s own host', files: others },
      ];
  return (
    <ul class="parts">
      {parts
        .filter(({ files }) => files.length > 0)
        .map(({ host: from, files }) => (
          <li key={from}>
            From <b>{from}</b>: {files.join('; ')}.
          </li>
        ))}
    </ul>
  );
}

function Before({ offer }: { offer: Offer }) {
  const total = missingBytes(offer, storedOf(offer));
  if (total === 0) return <p data-source>Everything it needs is on this device: nothing is downloaded.</p>;
  return (
    <div data-source>
      <p>This downloads {bytes(total)}:</p>
      <Parts offer={offer} />
      <p>
        The files are kept in this browser, so that your next visit needs no download. “Delete” below removes them. Your
        prompts are never sent.
      </p>
    </div>
  );
}

function Question({ cautions, onYes, onNo }: { cautions: readonly string[]; onYes: () => void; onNo: () => void }) {
  const place = useRef<HTMLParagraphElement>(null);
  // The button that was pressed is gone.
  useEffect(() => place.current?.focus(), []);
  return (
    <div class="note" data-question>
      <p ref={place} role="alert" tabIndex={-1}>
        {cautions.join(' ')} Download anyway?
      </p>
      <p class="actions">
        <button type="button" class="small" data-anyway onClick={onYes}>
          Download anyway
        </button>
        <button type="button" class="secondary outline small" onClick={onNo}>
          Not now
        </button>
      </p>
    </div>
  );
}

function Loading({ offer, isStarting, onCancel }: { offer: Offer; isStarting: boolean; onCancel: () => void }) {
  const total = Math.max(loadedBytes.value, totalBytes.value);
  const share = isStarting ? {} : { value: loadedBytes.value / total };
  return (
    <>
      <div class="actions busy">
        <progress aria-label={`Loading ${offer.name}`} max={1} {...share} />
        <button type="button" class="small" data-cancel-offer onClick={onCancel}>
          Cancel
        </button>
      </div>
      {/* The bytes change too often to be announced. */}
      <p class="status" data-offer-bytes>
        <span role="status">{isStarting ? `Starting ${offer.name}` : `Loading ${offer.name}`}</span>
        {!isStarting && `: ${bytes(loadedBytes.value)} of ${bytes(total)}`}
      </p>
    </>
  );
}

export function OfferOf({ offer }: { offer: Offer }) {
  const isGone = useSignal(false);
  const last = useSignal<(refine: Refine) => unknown>(() => undefined);
  /** Loads the code of this on first use. */
  const run = async (action: (refine: Refine) => unknown) => {
    last.value = action;
    isGone.value = false;
    try {
      action(await import('./refine.js'));
    } catch {
      await checkVersion();
      isGone.value = true;
    }
  };
  const start = () => run((refine) => refine.start(offer));
  const ask = async () => {
    const cautions = left === 0 ? [] : await cautionsFor(left);
    if (cautions.length === 0) start();
    else current.value = { offer, stage: { kind: 'asking', cautions } };
  };
  const off = () => {
    current.value = { offer, stage: { kind: 'off' } };
  };
  const stage = stageOf(offer);
  const left = missingBytes(offer, storedOf(offer));
  const isIdle = stage.kind === 'off' || stage.kind === 'cancelled' || stage.kind === 'failed';
  return (
    <div class="offer" data-offer={offer.key} data-stage={stage.kind}>
      {(isIdle || stage.kind === 'asking') && <Before offer={offer} />}
      {stage.kind === 'failed' && (
        <p role="alert" class="failed" data-offer-error>
          {stage.words}
        </p>
      )}
      {isIdle && (
        <p class="actions">
          <button type="button" class="small" data-refine onClick={ask}>
            {left === 0 ? `Refine with ${offer.name}` : `Download ${bytes(left)} and refine`}
          </button>
        </p>
      )}
      {stage.kind === 'asking' && <Question cautions={stage.cautions} onYes={start} onNo={off} />}
      {(stage.kind === 'loading' || stage.kind === 'starting') && (
        <Loading
          offer={offer}
          isStarting={stage.kind === 'starting'}
          onCancel={() => run((refine) => refine.cancelStart())}
        />
      )}
      {stage.kind === 'on' && (
        <p class="actions">
          <span>{offer.name} refines the answers of this page, also on your next visit.</span>
          <button
            type="button"
            class="secondary outline small"
            data-off
            onClick={() => run((refine) => refine.turnOff())}
          >
            Turn off
          </button>
        </p>
      )}
      {stage.kind === 'cancelled' && (
        <p role="status" class="status">
          Cancelled. The next try continues where this one stopped.
        </p>
      )}
      {isGone.value && <LoadFailed onAgain={() => run(last.value)} />}
    </div>
  );
}
