/**
 * The host of the router for badges: an offscreen document in Chromium, whose background has no workers, and the background
 * itself in Firefox.
 */
import { Engine } from '../engine/engine.js';
import { suggest } from '../engine/suggestion.js';
import type { NoSuggestion, PageFacts, Suggestion, ToOffscreen } from '../messages.js';
import type { Site, Stored } from '../stored/schema.js';

type Settings = Pick<Stored, 'settings' | 'index'>;

interface Host {
  /** Starts the router, so that it is ready for the first question. */
  warm(index: Stored['index']): Promise<void>;
  ask(text: string, stored: Settings, site: Site, page?: PageFacts): Promise<Suggestion | NoSuggestion>;
}

const PAGE = 'offscreen/index.html';

class OffscreenHost implements Host {
  #opening: Promise<void> | undefined;

  async warm(index: Stored['index']): Promise<void> {
    await this.#tell({ to: 'offscreen', kind: 'warm', index });
  }

  ask(text: string, { settings, index }: Settings, site: Site, page?: PageFacts): Promise<Suggestion | NoSuggestion> {
    return this.#tell({ to: 'offscreen', kind: 'ask', text, stored: { settings, index }, site, ...(page && { page }) });
  }

  /** Sends a message, once more if the document was just closing, as it does when idle. */
  async #tell<T>(message: ToOffscreen): Promise<T> {
    await this.#open();
    try {
      return await chrome.runtime.sendMessage(message);
    } catch {
      await this.#open();
      return chrome.runtime.sendMessage(message);
    }
  }

  /** Opens the document. There can only be one, while two questions may need it at once. */
  #open(): Promise<void> {
    this.#opening ??= this.#create().finally(() => {
      this.#opening = undefined;
    });
    return this.#opening;
  }

  async #create(): Promise<void> {
    const documentUrls = [chrome.runtime.getURL(PAGE)];
    const open = await chrome.runtime.getContexts({ contextTypes: ['OFFSCREEN_DOCUMENT'], documentUrls });
    if (open.length > 0) return;
    await chrome.offscreen.createDocument({
      url: PAGE,
      reasons: ['WORKERS'],
      justification: 'The router runs in a worker.',
    });
  }
}

class HereHost implements Host {
  readonly #engine = new Engine();

  async warm(index: Stored['index']): Promise<void> {
    await this.#engine.warm(index);
  }

  ask(text: string, stored: Settings, site: Site, page?: PageFacts): Promise<Suggestion | NoSuggestion> {
    return suggest(this.#engine, text, stored, site, page);
  }
}

export const host: Host = FIREFOX ? new HereHost() : new OffscreenHost();
