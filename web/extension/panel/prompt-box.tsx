/** The prompt, and the page that it came from. */
import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { count } from '../../shared/format.js';
import { grant } from '../sites.js';
import { NEW_SITE } from '../stored/schema.js';
import { rewrite } from '../stored/stored-signals.js';
import { isNothingSelected, leavePage, origin, prompt, site, type } from './state.js';

/** Asks the browser for permission on one site, and adds the site to the settings. */
function SuggestThere({ page }: { page: string }) {
  const said = useSignal('');
  const add = async () => {
    try {
      // Comes first: after an `await` browsers no longer accept the click.
      if (!(await grant(page))) {
        said.value = 'Permission denied. Nothing was changed.';
        return;
      }
      await rewrite((now) => ({ ...now, sites: { ...now.sites, [page]: NEW_SITE } }));
      // The button disappears.
      document.getElementById('prompt')?.focus();
    } catch (error) {
      said.value = `The site could not be added (${String(error)}). Try it in the settings.`;
    }
  };
  return (
    <>
      <button type="button" class="secondary outline small" data-add-site onClick={add}>
        Show suggestions on <bdi>{page}</bdi>
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
        {isNothingSelected.value ? 'Nothing is selected on' : 'From'} <bdi>{page}</bdi>.{' '}
        {isNothingSelected.value && 'Type or paste your prompt here. '}
        {named > 0 && `Only its ${count(named, 'model')} can be suggested. `}
        <button type="button" class="link-button" data-leave-page onClick={leavePage}>
          {named > 0 ? 'Allow all models' : 'Ignore the page'}
        </button>
      </p>
      {here !== undefined && named === 0 && (
        <p>
          <a href="../settings/index.html#sites" target="_blank" data-name-models rel="noopener">
            Set which models it has
          </a>{' '}
          to suggest only those.
        </p>
      )}
      {here === undefined && <SuggestThere key={page} page={page} />}
    </div>
  );
}

export function PromptBox() {
  const box = useRef<HTMLTextAreaElement>(null);
  // Unless a question came with it, the panel was opened to type into it.
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
