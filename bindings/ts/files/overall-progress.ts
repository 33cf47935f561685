/** Sums the progress of the files of a load, so that one number says how far it is. */
import type { OnProgress } from '../types.js';

/** A file of a load, or a folder of them. */
interface Part {
  /** Bytes that are expected until the first file says more. */
  expected: number;
  files: Map<string, { loaded: number; total: number }>;
}

const sum = (numbers: readonly number[]) => numbers.reduce((all, one) => all + one, 0);

export class OverallProgress {
  readonly #onProgress: OnProgress | undefined;
  readonly #parts: Part[] = [];

  /** Passes the events of all parts on to `onProgress`, each with one that sums them up. */
  constructor(onProgress: OnProgress | null | undefined) {
    this.#onProgress = onProgress ?? undefined;
  }

  /** Adds a part of a known size, if it is known, and returns the callback for its events. */
  part(expected = 0): OnProgress | undefined {
    const onProgress = this.#onProgress;
    if (onProgress === undefined) return undefined;
    const part: Part = { expected, files: new Map() };
    this.#parts.push(part);
    return (event) => {
      onProgress(event);
      if (event.status !== 'progress') return;
      part.files.set(event.file, event);
      this.#tell();
    };
  }

  /** Reports the end of all files. Parts that were there already, such as a module that another router loaded, no longer count. */
  end(): void {
    for (const part of this.#parts) part.expected = 0;
    if (this.#parts.some(({ files }) => files.size > 0)) this.#tell();
  }

  #tell(): void {
    const loaded = sum(this.#parts.flatMap(({ files }) => [...files.values()].map((file) => file.loaded)));
    const total = sum(
      this.#parts.map(({ expected, files }) =>
        files.size > 0 ? sum([...files.values()].map((file) => file.total)) : expected,
      ),
    );
    const progress = total > 0 ? (100 * loaded) / total : 0;
    this.#onProgress?.({ status: 'progress_total', name: 'signalbox', progress, loaded, total });
  }
}
