/** The prompt, and the page that it came from. */
import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { newSiteAt, siteName } from '../mine/offered.js';
import { grant } from '../sites.js';
import { rewrite } from '../stored/stored-signals.js';
import { facts, isNothingSelected, leavePage, origin, prompt, site, type } from './state.js';

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
      await rewrite((now) => ({ ...now, sites: { ...now.sites, [page]: newSiteAt(page) } }));
      // The button disappears.
      document.getElementById('prompt')?.focus();
    } catch (error) {
      said.value = `The site could not be added (${String(error)}). Try it in the settings.`;
    }
  };
  return (
    <>
      <button type="button" class="secondary outline small" data-add-site onClick={add}>
        <span>
          Show suggestions on <bdi>{siteName(page)}</bdi>
        </span>
      </button>
      <small role="status">{said}</small>
    </>
  );
}

/** The models that may be suggested on the page. */
function ModelsThere({ page, named }: { page: string; named: number }) {
  if (named === 0) {
    return (
      <p>
        <a href="../settings/index.html#models" target="_blank" data-name-models rel="noopener">
          Set which models you have there
        </a>
        , to be suggested only those.
      </p>
    );
  }
  return (
    <p>
      {named === 1
        ? 'You have one model there, so nothing else is suggested.'
        : `Only your ${named} models there are suggested.`}{' '}
      <a href="../settings/index.html#models" target="_blank" rel="noopener">
        Change<span class="visually-hidden"> your models on {siteName(page)}</span>
      </a>{' '}
      or{' '}
      <button type="button" class="link-button" data-leave-page onClick={leavePage}>
        allow all
      </button>
    </p>
  );
}

function Page() {
  const page = origin.value;
  if (page === null) return null;
  const here = site.value;
  const named = Object.keys(here?.names ?? {}).length;
  const name = siteName(page);
  return (
    <div class="page" data-page>
      <p>
        {isNothingSelected.value ? (
          <>
            Nothing is typed or selected on <bdi>{name}</bdi>. Type or paste your prompt here.
          </>
        ) : (
          <>
            From <bdi>{name}</bdi>.
          </>
        )}
        {named === 0 && (
          <>
            {' '}
            <button type="button" class="link-button" data-leave-page onClick={leavePage}>
              Ignore the page
            </button>
          </>
        )}
      </p>
      {facts.value?.isUnderstood === false && (
        <p data-not-understood>
          This page has changed since signalbox learned it: it takes any box that you type in for your prompt.
        </p>
      )}
      {here !== undefined && <ModelsThere page={page} named={named} />}
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
