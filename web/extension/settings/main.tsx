/** The settings: benchmark, models, sites, and the data that is kept. */
import '../../shared/tokens.css';
import '../../shared/base.css';
import '../../shared/style.css';
import '../../shared/controls.css';
import '../page.css';
import './style.css';
import { render } from 'preact';
import { useEffect } from 'preact/hooks';
import { errorWords } from '../../shared/words.js';
import { isLoaded, notWritten, openStored } from '../stored/stored-signals.js';
import { BenchmarkSection } from './benchmark.js';
import { FeedbackSection } from './feedback.js';
import { LanguagesSection } from './languages.js';
import { ModelsSection } from './models.js';
import { PrivacySection } from './privacy.js';
import { SitesSection } from './sites.js';
import { openState } from './state.js';
import { TransferSection } from './transfer.js';

function Sections() {
  // The section that the address names after # did not exist yet when the page opened.
  useEffect(() => document.getElementById(location.hash.slice(1))?.scrollIntoView(), []);
  return (
    <>
      {notWritten.value !== undefined && (
        <p role="alert" class="failed" data-not-written>
          The last change could not be saved: {errorWords(notWritten.value)}
        </p>
      )}
      <BenchmarkSection />
      <LanguagesSection />
      <ModelsSection />
      <SitesSection />
      <FeedbackSection />
      <TransferSection />
      <PrivacySection />
    </>
  );
}

const App = () => (isLoaded.value ? <Sections /> : <p class="placeholder">Loading</p>);

openStored();
openState();
render(<App />, document.getElementById('app') as HTMLElement);
