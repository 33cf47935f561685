/** The chats where models are suggested. */
import { MyChats } from '../mine/my-chats.js';
import { siteName } from '../mine/offered.js';
import { stored } from '../stored/stored-signals.js';
import { SiteCard } from './site-card.js';

export function SitesSection() {
  const sites = Object.entries(stored.value.sites).sort(([a], [b]) => siteName(a).localeCompare(siteName(b)));
  return (
    <section id="sites" aria-labelledby="sites-title">
      <h2 id="sites-title" tabIndex={-1}>
        My chats
      </h2>
      <p>
        In these chats, a small badge beside the prompt box names a model where switching is worth it. The browser asks
        for your permission for each of them, and the extension cannot see other pages. It reads the prompt box and the
        name of the model that is on, changes neither, and sends nothing.
      </p>
      <MyChats />
      {sites.map(([origin, site]) => (
        <SiteCard key={origin} origin={origin} site={site} />
      ))}
    </section>
  );
}
