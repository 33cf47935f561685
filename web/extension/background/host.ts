/** Where badges are decided: Chromium's background has no workers and sleeps, Firefox's has both pages and workers. */
import { Engine } from '../engine/engine.js';
import { suggest } from '../engine/suggestion.js';
import type { NoSuggestion, Suggestion, ToOffscreen } from '../messages.js';
import type { Site, Stored } from '../stored/schema.js';

type Settings = Pick<Stored, 'settings' | 'index'>;

interface Host {
  /** Has the router there by the time somebody asks. */
  warm(index: Stored['index']): Promise<void>;
  ask(text: string, stored: Settings, site: Site): Promise<Suggestion | NoSuggestion>;
}

const PAGE = 'offscreen/index.html';

class OffscreenHost implements Host {
  #opening: Promise<void> | undefined;

  async warm(index: Stored['index']): Promise<void> {
    await this.#tell({ to: 'offscreen', kind: 'warm', index });
  }

  ask(text: string, { settings, index }: Settings, site: Site): Promise<Suggestion | NoSuggestion> {
    return this.#tell({ to: 'offscreen', kind: 'ask', text, stored: { settings, index }, site });
  }

  /** Once more in a new document where the last one is closing, as it does when nobody asks for long. */
  async #tell<T>(message: ToOffscreen): Promise<T> {
    await this.#open();
    try {
      return await chrome.runtime.sendMessage(message);
    } catch {
      await this.#open();
      return chrome.runtime.sendMessage(message);
    }
  }

  /** There can be one only; two questions may want it at once. */
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

  ask(text: string, stored: Settings, site: Site): Promise<Suggestion | NoSuggestion> {
    return suggest(this.#engine, text, stored, site);
  }
}

export const host: Host = FIREFOX ? new HereHost() : new OffscreenHost();
