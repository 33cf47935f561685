/** The models that the user has, chat by chat; and what an answer costs there, with the dial for those that cost something. */
import { useMemo } from 'preact/hooks';
import { Candidates } from '../../shared/candidates.js';
import { Dial } from '../../shared/dial.js';
import { Folded } from '../../shared/folded.js';
import { MyModels, Pays } from '../mine/my-models.js';
import { siteName } from '../mine/offered.js';
import { change, stored } from '../stored/stored-signals.js';
import { benchmark } from './state.js';

const NO_CHATS = <p class="placeholder">Tick a chat first.</p>;

/** Returns the user's sites by name. */
const mySites = () => Object.entries(stored.value.sites).sort(([a], [b]) => siteName(a).localeCompare(siteName(b)));

function AllModels() {
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
  const sites = mySites();
  return (
    <section id="models" aria-labelledby="models-title">
      <h2 id="models-title">My models</h2>
      {sites.length === 0 ? NO_CHATS : sites.map(([at, site]) => <MyModels key={at} origin={at} site={site} />)}
      <Folded summary="All models that may be suggested anywhere, and their prices">{() => <AllModels />}</Folded>
    </section>
  );
}

export function PaysSection() {
  const sites = mySites();
  return (
    <section id="pays" aria-labelledby="pays-title">
      <h2 id="pays-title">What an answer costs me</h2>
      {sites.length === 0 ? NO_CHATS : sites.map(([at, site]) => <Pays key={at} origin={at} site={site} />)}
      <p class="dial-before">Where each answer costs something, and wherever no chat is known:</p>
      <div class="dial-place">
        <Dial value={stored.value.settings.prefer} onChange={(prefer) => change({ prefer })} />
      </div>
    </section>
  );
}
