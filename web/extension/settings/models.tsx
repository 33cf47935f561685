/** The models that may be suggested, their prices, and the dial between quality and price. */
import { useMemo } from 'preact/hooks';
import { Candidates } from '../../shared/candidates.js';
import { Dial } from '../../shared/dial.js';
import { change, stored } from '../stored/stored-signals.js';
import { benchmark } from './state.js';

function Models() {
  const now = benchmark.value;
  const models = now.kind === 'ready' ? now.info.models : undefined;
  const { settings } = stored.value;
  // Reuses the elements while only the dial moves.
  return useMemo(
    () =>
      models === undefined ? (
        <p class="placeholder">The benchmark's models appear here.</p>
      ) : (
        <Candidates models={models} settings={settings} onChange={change} />
      ),
    [models, settings.excluded, settings.prices, settings.pricedOnly],
  );
}

export function ModelsSection() {
  return (
    <section id="models" aria-labelledby="models-title">
      <h2 id="models-title">Models and prices</h2>
      <div class="dial-place">
        <Dial value={stored.value.settings.prefer} onChange={(prefer) => change({ prefer })} />
      </div>
      <Models />
    </section>
  );
}
