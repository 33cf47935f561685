/** Fetches the files of the table of languages, whose hash the package checks. */
import { type EmbedderFiles, SignalboxError } from 'signalbox';

async function fetchFile(folder: string, name: string): Promise<Uint8Array<ArrayBuffer>> {
  const response = await fetch(new URL(folder + name, document.baseURI)).catch((cause: unknown) => {
    throw new SignalboxError('network', `${name} could not be fetched: ${String(cause)}`, { cause });
  });
  if (!response.ok) throw new SignalboxError('network', `${name} could not be fetched: ${response.status}`);
  return new Uint8Array(await response.arrayBuffer());
}

export async function fetchTable(folder: string): Promise<EmbedderFiles> {
  const names = ['tokenizer.json', 'model.safetensors', 'config.json'];
  const [tokenizer, model, config] = await Promise.all(names.map((name) => fetchFile(folder, name)));
  return { tokenizer, model, config } as EmbedderFiles;
}
