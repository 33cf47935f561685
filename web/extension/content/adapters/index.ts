import type { AdapterName } from '../../stored/schema.js';
import type { Adapter } from './adapter.js';
import { generic } from './generic.js';
import { libreChat } from './librechat.js';
import { openWebUi } from './open-webui.js';
import { openRouter } from './openrouter.js';

const SITES = [openWebUi, libreChat, openRouter];

/** The adapter for the page as it is now. With `auto` the first one that fits and is healthy; another one must be healthy, or there is none. */
export function adapterFor(name: AdapterName, document: Document, location: Location): Adapter | undefined {
  if (name === 'auto') {
    return SITES.find((site) => site.fits(document, location) && site.isHealthy(document, location)) ?? generic;
  }
  const chosen = [...SITES, generic].find((adapter) => adapter.name === name);
  return chosen?.isHealthy(document, location) ? chosen : undefined;
}
