/** The sites on which models are suggested. */
import { useSignal } from '@preact/signals';
import { stored } from '../stored/stored-signals.js';
import { addSite } from './changing-sites.js';
import { SiteCard } from './site-card.js';
import { StatusLine, useStatus } from './status-line.js';

function AddSite() {
  const typed = useSignal('');
  const { status, attempt } = useStatus();
  const submit = async (event: Event) => {
    event.preventDefault();
    const isAdded = await attempt(async () => `${await addSite(typed.peek())} is added.`);
    if (isAdded) typed.value = '';
  };
  return (
    <form class="add-site" onSubmit={submit}>
      <label for="new-site">Add a site</label>
      <div class="actions">
        <input
          id="new-site"
          type="text"
          inputMode="url"
          autocomplete="off"
          autocapitalize="off"
          spellcheck={false}
          placeholder="https://chat.example.com"
          maxLength={2000}
          required
          value={typed}
          onInput={(event) => {
            typed.value = event.currentTarget.value;
          }}
        />
        <button type="submit" class="small" data-add-site>
          Add it
        </button>
      </div>
      <StatusLine status={status} name="add-site" />
    </form>
  );
}

export function SitesSection() {
  const sites = Object.entries(stored.value.sites).sort(([a], [b]) => a.localeCompare(b));
  return (
    <section id="sites" aria-labelledby="sites-title">
      <h2 id="sites-title" tabIndex={-1}>
        Sites
      </h2>
      <p>
        On these, a small badge beside the prompt box says which model to ask. The browser asks you for each of them,
        and the extension sees no other page. It reads the prompt box only, changes nothing in it and sends nothing.
      </p>
      {sites.length === 0 && <p class="placeholder">There is none yet.</p>}
      {sites.map(([origin, site]) => (
        <SiteCard key={origin} origin={origin} site={site} />
      ))}
      <AddSite />
    </section>
  );
}
