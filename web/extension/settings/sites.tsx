/** The sites where models are suggested. */
import { useSignal } from '@preact/signals';
import { addSite } from '../mine/changing-sites.js';
import { StatusLine, useStatus } from '../mine/status-line.js';
import { stored } from '../stored/stored-signals.js';
import { SiteCard } from './site-card.js';

function AddSite() {
  const typed = useSignal('');
  const { status, attempt } = useStatus();
  const submit = async (event: Event) => {
    event.preventDefault();
    const isAdded = await attempt(async () => `${await addSite(typed.peek())} was added.`);
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
          Add
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
        On these sites, a small badge beside the prompt box suggests a model. The browser asks for your permission for
        each site, and the extension cannot see other pages. It only reads the prompt box, never changes it, and sends
        nothing.
      </p>
      {sites.length === 0 && <p class="placeholder">No sites yet.</p>}
      {sites.map(([origin, site]) => (
        <SiteCard key={origin} origin={origin} site={site} />
      ))}
      <AddSite />
    </section>
  );
}
