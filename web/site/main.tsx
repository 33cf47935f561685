/** The demo: routes a prompt while the user types, and shows why. */
import '../shared/tokens.css';
import '../shared/base.css';
import '../shared/frame.css';
import '../shared/style.css';
import '../shared/controls.css';
import './style.css';
import { render } from 'preact';
import { Ask } from './ask.js';
import { wasDownloaded } from './embedder/visits.js';
import { showLamp } from './lamp.js';
import { landOnFragment } from './landing.js';
import { FoldedSection, LazySection, NearSection } from './lazy-section.js';
import { keepOffline, Offline } from './offline/offline.js';
import { watchVersion } from './offline/version.js';
import { openFragment } from './share.js';
import { afterFirstAnswer } from './state.js';
import { Why } from './why.js';

function App() {
  return (
    <>
      <Ask />
      <Why />
      <LazySection
        id="plan"
        title="Which model for which of your prompts"
        load={async () => (await import('./plan/section.js')).PlanSection}
      />
      <NearSection
        id="cost"
        title="Quality against cost"
        load={async () => (await import('./cost/section.js')).CostSection}
      />
      <LazySection
        id="map"
        title="Map of the benchmark"
        load={async () => (await import('./map/section.js')).MapSection}
      />
      <LazySection
        id="task"
        title="A batch of prompts"
        load={async () => (await import('./task/section.js')).TaskSection}
      />
      <LazySection
        id="benchmark"
        title="Your own benchmark"
        load={async () => (await import('./benchmark/section.js')).BenchmarkSection}
      />
      <FoldedSection
        id="embedder"
        title="A larger embedder"
        isWanted={wasDownloaded()}
        load={async () => (await import('./embedder/section.js')).EmbedderSection}
      />
      <Offline />
    </>
  );
}

openFragment();
addEventListener('hashchange', openFragment);
render(<App />, document.getElementById('app') as HTMLElement);
showLamp();
landOnFragment();
watchVersion();
afterFirstAnswer(keepOffline);
// A file dropped outside a drop zone must not replace the page.
for (const name of ['dragover', 'drop']) addEventListener(name, (event) => event.preventDefault());

document.documentElement.dataset.ready = '';
for (const button of document.querySelectorAll<HTMLButtonElement>('[data-copy]')) {
  button.addEventListener('click', async () => {
    await navigator.clipboard.writeText(button.dataset.copy ?? '');
    button.textContent = 'Copied';
  });
}
