// Serves what the projects built, and visits it in browsers.
import { serveFolder } from '../../scripts/site.mjs';
import { openBrowser } from '../web/browsers.mjs';

const SCRIPTS = "script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; connect-src 'self'";
/** The strictest policy that a page with the package can have. */
export const FULL = `default-src 'none'; ${SCRIPTS}; style-src 'self'; img-src data:`;

/** Serves a folder with these headers; returns its address and what closes it. */
export async function serve(folder, headers) {
  const server = await serveFolder(folder, 0);
  server.prependListener('request', (_, response) => {
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
  });
  const close = () => {
    server.closeAllConnections();
    server.close();
  };
  return { origin: `http://127.0.0.1:${server.address().port}`, close };
}

/** The browsers of a run, which start when they are first needed. */
export class Pages {
  #browsers = new Map();

  /** Returns what a page says at the end; adds the errors of its console as a use that failed. */
  async visit(address, { browser: kind = 'chromium' } = {}) {
    if (!this.#browsers.has(kind)) this.#browsers.set(kind, openBrowser(kind));
    const browser = await this.#browsers.get(kind);
    const page = await browser.newPage(address);
    try {
      // As text: Firefox's protocol cuts off what is nested deeply.
      const said = JSON.parse(await page.until(() => globalThis.said && JSON.stringify(globalThis.said)));
      const errors = page.consoleErrors;
      return errors.length === 0 ? said : { ...said, console: { failure: errors.join('\n') } };
    } catch (error) {
      throw new Error([error.message, ...page.consoleErrors].join('\n'), { cause: error });
    } finally {
      await page.close();
    }
  }

  /** Visits the index of a folder under a policy. */
  async visitFolder(folder, { policy = FULL, headers = {}, file = '', ...options } = {}) {
    const { origin, close } = await serve(folder, { 'Content-Security-Policy': policy, ...headers });
    try {
      return await this.visit(`${origin}/${file}`, options);
    } finally {
      close();
    }
  }

  async close() {
    for (const browser of this.#browsers.values()) await (await browser).close();
  }
}
