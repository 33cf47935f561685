/** The settings: the user's chats and models first; folded below, the benchmark and the data that is kept. */
import '../../shared/tokens.css';
import '../../shared/base.css';
import '../../shared/style.css';
import '../../shared/controls.css';
import '../page.css';
import '../mine/style.css';
import './style.css';
import { render } from 'preact';
import { useEffect } from 'preact/hooks';
import { errorWords } from '../../shared/words.js';
import { isLoaded, notWritten, openStored } from '../stored/stored-signals.js';
import { BenchmarkSection } from './benchmark.js';
import { FeedbackSection } from './feedback.js';
import { LanguagesSection } from './languages.js';
import { ModelsSection, PaysSection } from './models.js';
import { PrivacySection } from './privacy.js';
import { SitesSection } from './sites.js';
import { openState } from './state.js';
import { TransferSection } from './transfer.js';

/** Opens the fold around the section of a link: what is folded cannot be scrolled to. */
function unfold(hash: string): HTMLElement | null {
  const section = document.getElementById(hash.slice(1));
  const fold = section?.closest('details');
  if (fold) fold.open = true;
  return section;
}

function openLinked({ target }: Event): void {
  const link = target instanceof Element ? target.closest('a') : null;
  if (link?.hash && link.pathname === location.pathname) unfold(link.hash);
}

function Sections() {
  useEffect(() => {
    // The section that the address names after # did not exist yet when the page opened.
    unfold(location.hash)?.scrollIntoView();
    document.addEventListener('click', openLinked);
    return () => document.removeEventListener('click', openLinked);
  }, []);
  return (
    <>
      {notWritten.value !== undefined && (
        <p role="alert" class="failed" data-not-written>
          The last change could not be saved: {errorWords(notWritten.value)}
        </p>
      )}
      <SitesSection />
      <ModelsSection />
      <PaysSection />
      <details class="more" data-more>
        <summary>More: the benchmark, languages, your ratings, export and import, privacy</summary>
        <BenchmarkSection />
        <LanguagesSection />
        <FeedbackSection />
        <TransferSection />
        <PrivacySection />
      </details>
    </>
  );
}

const App = () => (isLoaded.value ? <Sections /> : <p class="placeholder">Loading</p>);

openStored();
openState();
render(<App />, document.getElementById('app') as HTMLElement);
