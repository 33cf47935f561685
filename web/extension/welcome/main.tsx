/** The page after the installation: three questions, and a first suggestion. Every answer is kept at once. */
import '../../shared/tokens.css';
import '../../shared/base.css';
import '../../shared/style.css';
import '../../shared/controls.css';
import '../page.css';
import '../mine/style.css';
import './style.css';
import type { ComponentChildren } from 'preact';
import { render } from 'preact';
import { errorWords } from '../../shared/words.js';
import { MyChats } from '../mine/my-chats.js';
import { MyModels, Pays } from '../mine/my-models.js';
import { isLoaded, notWritten, openStored, stored } from '../stored/stored-signals.js';
import { FirstSuggestion } from './first-suggestion.js';
import { Next } from './next.js';

interface StepProps {
  name: string;
  title: string;
  children: ComponentChildren;
}

function Step({ name, title, children }: StepProps) {
  return (
    <section class="step" aria-labelledby={`${name}-title`} data-step={name}>
      <h2 id={`${name}-title`}>{title}</h2>
      {children}
    </section>
  );
}

function Steps() {
  const sites = Object.entries(stored.value.sites);
  const later = <p class="placeholder">Tick a chat first, or skip this: it can be answered later, in the settings.</p>;
  return (
    <div class="steps">
      <Step name="chats" title="Which chats do you use?">
        <p>
          Your browser asks for your permission for each of them. Without it, signalbox cannot see the page; with it, it
          reads the prompt box and the name of the model that is on.
        </p>
        <MyChats />
      </Step>
      <Step name="models" title="Which models can you choose there?">
        {sites.length === 0
          ? later
          : sites.map(([origin, site]) => <MyModels key={origin} origin={origin} site={site} />)}
      </Step>
      <Step name="pays" title="What does one more answer cost you?">
        <p>Where it costs nothing, the best model is suggested. Where it costs something, its price counts, too.</p>
        {sites.length === 0 ? later : sites.map(([origin, site]) => <Pays key={origin} origin={origin} site={site} />)}
      </Step>
      <Step name="try" title="Try it">
        <FirstSuggestion />
      </Step>
      <Next hasChats={sites.length > 0} />
    </div>
  );
}

function App() {
  if (!isLoaded.value) return <p class="placeholder">Loading</p>;
  return (
    <>
      {notWritten.value !== undefined && (
        <p role="alert" class="failed" data-not-written>
          The last change could not be saved: {errorWords(notWritten.value)}
        </p>
      )}
      <Steps />
    </>
  );
}

openStored();
render(<App />, document.getElementById('app') as HTMLElement);
