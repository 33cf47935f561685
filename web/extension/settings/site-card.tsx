/** One site: whether it has a badge, its kind of chat, and its names for the models. */

import { Folded } from '../../shared/folded.js';
import { count } from '../../shared/format.js';
import { CHATS, type ChatName } from '../chats/index.js';
import { changeSite, removeSite } from '../mine/changing-sites.js';
import { chatAt } from '../mine/offered.js';
import { StatusLine, useStatus } from '../mine/status-line.js';
import { grant } from '../sites.js';
import type { Site } from '../stored/schema.js';
import { SiteNames } from './site-names.js';
import { granted } from './state.js';

interface Props {
  origin: string;
  site: Site;
}

function Missing({ origin, id }: { origin: string; id: string }) {
  const { status, attempt } = useStatus();
  const ask = () =>
    attempt(async () => {
      if (!(await grant(origin))) throw new Error('Permission denied.');
      // The button disappears.
      document.getElementById(`${id}-on`)?.focus();
      return '';
    });
  return (
    <div class="failed" data-missing>
      <p>The extension has no permission for this site, so there is no badge.</p>
      <button type="button" class="small" data-grant onClick={ask}>
        Allow this site
      </button>
      <StatusLine status={status} name="grant" />
    </div>
  );
}

function Kind({ origin, site, id }: Props & { id: string }) {
  return (
    <div class="fields">
      <div>
        <label for={`${id}-adapter`}>Kind of chat</label>
        <select
          id={`${id}-adapter`}
          data-adapter
          value={site.adapter}
          onChange={(event) => changeSite(origin, { adapter: event.currentTarget.value as ChatName })}
        >
          <option value="auto">Detect automatically</option>
          {CHATS.map(({ name, label }) => (
            <option key={name} value={name}>
              {label}
            </option>
          ))}
        </select>
      </div>
      {site.adapter === 'librechat' && (
        <div>
          <label for={`${id}-endpoint`}>Endpoint</label>
          <input
            id={`${id}-endpoint`}
            data-endpoint
            maxLength={100}
            autocomplete="off"
            spellcheck={false}
            placeholder="openAI"
            aria-describedby={`${id}-endpoint-help`}
            value={site.endpoint}
            onChange={(event) => changeSite(origin, { endpoint: event.currentTarget.value.trim() })}
          />
          <small id={`${id}-endpoint-help`}>As in the addresses of its chats. May be empty.</small>
        </div>
      )}
    </div>
  );
}

export function SiteCard({ origin, site }: Props) {
  const id = `site-${origin.replace(/[^a-z0-9]+/gi, '-')}`;
  const named = Object.keys(site.names).length;
  const chat = chatAt(origin);
  const { status, attempt } = useStatus();
  const remove = () =>
    attempt(async () => {
      await removeSite(origin);
      // The button disappears with its site.
      document.getElementById('sites-title')?.focus();
      return '';
    });
  return (
    <article class="card site" aria-labelledby={`${id}-title`} data-site={origin}>
      <header>
        <h3 id={`${id}-title`} dir="ltr">
          {chat === undefined ? origin : `${chat.label} (${new URL(origin).host})`}
        </h3>
        <div class="actions">
          <label>
            <input
              type="checkbox"
              id={`${id}-on`}
              role="switch"
              data-on
              checked={site.isOn}
              aria-checked={site.isOn}
              aria-label={`Suggest models on ${origin}`}
              onChange={(event) => changeSite(origin, { isOn: event.currentTarget.checked })}
            />
            {site.isOn ? 'On' : 'Off'}
          </label>
          <button
            type="button"
            class="secondary outline small"
            aria-label={`Remove ${origin}`}
            data-remove
            onClick={remove}
          >
            Remove
          </button>
        </div>
      </header>
      {site.isOn && !granted.value.has(origin) && <Missing origin={origin} id={id} />}
      {chat === undefined && <Kind origin={origin} site={site} id={id} />}
      {chat?.offer === undefined && (
        <Folded
          summary={
            named === 0 ? 'No model names set: all models may be suggested' : `Model names: ${count(named, 'model')}`
          }
        >
          {() => <SiteNames origin={origin} names={site.names} id={id} />}
        </Folded>
      )}
      <StatusLine status={status} name="site" />
    </article>
  );
}
