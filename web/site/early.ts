/**
 * Hands files of the router to its worker while that starts. The build names them in the HTML as preloads, so that the browser
 * fetches them before any script is there; a `fetch` of the page, not one of the worker, then finds what is on its way.
 */
import { type LoadOptions, SignalboxError } from 'signalbox';

type Part = 'index' | 'embedder' | 'wasm';

const linkOf = (part: Part) => document.querySelector<HTMLLinkElement>(`link[data-part=${part}]`)?.href;

/** Fetches a file; the response is there at once, and its body once the host answers. `onBytes` counts what has come. */
function arriving(address: string, onBytes: (count: number) => void): Response {
  const { readable, writable } = new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>({
    transform: (chunk, controller) => {
      onBytes(chunk.byteLength);
      controller.enqueue(chunk);
    },
  });
  const failed = (why: string) =>
    new SignalboxError('network', `${address.slice(address.lastIndexOf('/') + 1)} ${why}`);
  const send = async () => {
    const { ok, status, headers, body } = await fetch(address).catch((cause) => {
      throw failed(`could not be fetched: ${cause}`);
    });
    const isPage = headers.get('content-type')?.startsWith('text/html');
    if (!ok || isPage || body === null) throw failed(ok ? 'is a page, expected a file' : `answered ${status}`);
    await body.pipeTo(writable);
  };
  // The reader of the response receives the error.
  send().catch((error) => writable.abort(error).catch(() => undefined));
  return new Response(readable);
}

let isTaken = false;

/** Returns the options of the first load; `undefined` for a later one, which fetches its files anew. */
export function takeEarly(onBytes: (count: number) => void): Pick<LoadOptions, Part | 'early'> | undefined {
  const [index, embedder, wasm] = [linkOf('index'), linkOf('embedder'), linkOf('wasm')];
  if (isTaken || index === undefined || embedder === undefined || wasm === undefined) return undefined;
  isTaken = true;
  // The worker fetches the embedder itself: it begins with the first rows of the table, before the others have come.
  return { wasm: arriving(wasm, onBytes), index: arriving(index, onBytes), embedder, early: true };
}
