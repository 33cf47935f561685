/** The prompt, and the page that it comes from. */
import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { count } from '../../shared/format.js';
import { grant } from '../sites.js';
import { NEW_SITE } from '../stored/schema.js';
import { rewrite } from '../stored/stored-signals.js';
import { isNothingSelected, leavePage, origin, prompt, site, type } from './state.js';

/** Asks the browser for one site, and adds it to the settings. */
function SuggestThere({ page }: { page: string }) {
  const said = useSignal('');
  const add = async () => {
    try {
      // First of all: what is awaited before it takes the click away from it.
      if (!(await grant(page))) {
        said.value = 'The browser was not given the permission: nothing has changed.';
        return;
      }
      await rewrite((now) => ({ ...now, sites: { ...now.sites, [page]: NEW_SITE } }));
      // The button goes.
      document.getElementById('prompt')?.focus();
    } catch (error) {
      said.value = `That did not work (${String(error)}). Add the site in the settings.`;
    }
  };
  return (
    <>
      <button type="button" class="secondary outline small" data-add-site onClick={add}>
        Suggest models beside the prompt box of <bdi>{page}</bdi>
      </button>
      <small role="status">{said}</small>
    </>
  );
}

function Page() {
  const page = origin.value;
  if (page === null) return null;
  const here = site.value;
  const named = Object.keys(here?.names ?? {}).length;
  return (
    <div class="page" data-page>
      <p>
        {isNothingSelected.value ? 'Nothing is selected on' : 'Asked on'} <bdi>{page}</bdi>
        {isNothingSelected.value && ': type or paste your prompt here'}.{' '}
        {named > 0 && `It has ${count(named, 'model')}: only those are suggested. `}
        <button type="button" class="link-button" data-leave-page onClick={leavePage}>
          {named > 0 ? 'Suggest all models' : 'Forget the page'}
        </button>
      </p>
      {here !== undefined && named === 0 && (
        <p>
          <a href="../settings/index.html#sites" target="_blank" data-name-models rel="noopener">
            Say which models it has
          </a>
          , and only those are suggested there.
        </p>
      )}
      {here === undefined && <SuggestThere key={page} page={page} />}
    </div>
  );
}

export function PromptBox() {
  const box = useRef<HTMLTextAreaElement>(null);
  // The panel was opened to type into it, unless a question came along.
  useEffect(() => {
    if (prompt.peek() === '') box.current?.focus();
  }, []);
  return (
    <section class="prompt-box" aria-label="Your prompt">
      <label for="prompt">What are you about to ask?</label>
      <textarea
        ref={box}
        id="prompt"
        rows={4}
        dir="auto"
        autocomplete="off"
        spellcheck={false}
        placeholder="Type or paste your prompt"
        value={prompt.value}
        onInput={(event) => type(event.currentTarget.value)}
      />
      <Page />
    </section>
  );
}
