/** Larger embedders: one that refines the page's answers, a larger one behind it, and the user's own. */
import './style.css';
import { useEffect } from 'preact/hooks';
import { Folded } from '../../shared/folded.js';
import { bytes } from '../../shared/format.js';
import { Loaded } from '../lazy-section.js';
import { OfferOf } from './offer.js';
import { offers } from './offers.js';
import { isLoaded, storedBytes } from './stage.js';
import { rememberedOffer, wasDownloaded } from './visits.js';

const refine = () => import('./refine.js');
const atOnce = (action: () => void) => action();

function StoredRow() {
  if (storedBytes.value === 0) return null;
  return (
    <p class="actions" data-stored>
      <span>Stored on this device for larger embedders: {bytes(storedBytes.value)}.</span>
      <button
        type="button"
        class="secondary outline small"
        data-delete
        onClick={async () => (await refine()).deleteStored()}
      >
        Delete
      </button>
    </p>
  );
}

function Own() {
  return <Loaded load={async () => (await import('./own-model.js')).OwnModel} when={atOnce} />;
}

export function EmbedderSection() {
  useEffect(() => {
    // What cannot be loaded again is offered again.
    if (wasDownloaded())
      refine()
        .then(({ resume }) => resume(rememberedOffer()))
        .catch(() => undefined);
  }, []);
  const [first, ...others] = offers;
  return (
    <div class="larger-embedder">
      <p>
        This page's own embedder ignores the order of words: it takes a few megabytes and answers while you type. A
        sentence transformer reads words in order and takes longer, so it refines the answer that is already there. It
        is loaded only if you ask for it.
      </p>
      {first !== undefined && (
        <>
          <h3>Refine with {first.name}</h3>
          <OfferOf offer={first} />
        </>
      )}
      {others.map((offer) => (
        <Folded
          key={offer.key}
          id={`offer-${offer.key}`}
          summary={`A larger one: ${offer.name}, ${bytes(offer.modelBytes)}`}
        >
          {() => <OfferOf offer={offer} />}
        </Folded>
      ))}
      <Folded id="own-model" summary="Your own model or index">
        {() => <Own />}
      </Folded>
      <StoredRow />
      {isLoaded.value && (
        <>
          <h3>Side by side</h3>
          <Loaded load={async () => (await import('./comparison.js')).SideBySide} when={atOnce} />
        </>
      )}
    </div>
  );
}
