/** The suggested model compared with the one that the user has now. */
import type { Decision } from 'signalbox';
import { namedModel } from '../../shared/model-name.js';
import { changeSite } from '../mine/changing-sites.js';
import { siteName } from '../mine/offered.js';
import { switchWords } from '../mine/switching.js';
import { current, facts, here, origin, recordOf, site } from './state.js';

/** Returns the site's own name for a model, or else the one that people know. */
function nameOf(model: string): string {
  const names = here.value?.names ?? {};
  return (Object.hasOwn(names, model) ? names[model] : undefined) ?? namedModel(model, recordOf(model)).name;
}

/** The choice of the usual model, if the chat's page does not tell the current one. */
function Usual({ page }: { page: string }) {
  const names = Object.keys(here.value?.names ?? {});
  if (names.length < 2) return null;
  return (
    <label class="usual">
      <span>
        On <bdi>{siteName(page)}</bdi> I mostly use
      </span>
      <select
        data-usual
        value={site.value?.usual ?? ''}
        onChange={({ currentTarget: { value } }) => changeSite(page, { usual: value === '' ? null : value })}
      >
        <option value="">(not set)</option>
        {names.map((model) => (
          <option key={model} value={model}>
            {nameOf(model)}
          </option>
        ))}
      </select>
    </label>
  );
}

export function Switch({ decision }: { decision: Decision }) {
  const page = origin.value;
  if (page === null || site.value === undefined) return null;
  const words = switchWords(decision, current.value, site.value.pays, nameOf);
  return (
    <>
      {words !== '' && (
        <p class="switch" dir="auto" data-switch>
          {words}
        </p>
      )}
      {(facts.value?.picked ?? null) === null && <Usual page={page} />}
    </>
  );
}
