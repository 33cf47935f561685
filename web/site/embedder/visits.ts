/** The memory between visits, in localStorage, so that a visitor who downloads nothing loads no code for it. */

/** Records that something was downloaded: without it, the caches are not searched. */
const DOWNLOADED = 'signalbox-demo-model';
/** Key of the offer that refines the answers from the start of the next visit. */
const REFINES = 'signalbox-demo-refines';

function read(key: string): string | undefined {
  try {
    return localStorage.getItem(key) ?? undefined;
  } catch {
    return undefined; // Storage is turned off.
  }
}

function write(key: string, value: string | undefined): void {
  try {
    if (value === undefined) localStorage.removeItem(key);
    else localStorage.setItem(key, value);
  } catch {
    // The next visit then begins without.
  }
}

export const wasDownloaded = () => read(DOWNLOADED) !== undefined;
export const noteDownload = (isThere: boolean) => write(DOWNLOADED, isThere ? '1' : undefined);

export const rememberedOffer = () => read(REFINES);
export const rememberOffer = (key: string | undefined) => write(REFINES, key);
