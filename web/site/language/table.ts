/** Fetches the table of languages, whose hash the package checks. */
import { SignalboxError } from 'signalbox';

export async function fetchTable(address: string): Promise<Uint8Array<ArrayBuffer>> {
  const response = await fetch(new URL(address, document.baseURI)).catch((cause: unknown) => {
    throw new SignalboxError('network', `the table could not be fetched: ${String(cause)}`, { cause });
  });
  if (!response.ok) throw new SignalboxError('network', `the table could not be fetched: ${response.status}`);
  return new Uint8Array(await response.arrayBuffer());
}
