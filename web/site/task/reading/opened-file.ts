/** A file whose rows a worker keeps, so that another column can be chosen. `close` releases them. */
import type { OnShare } from './file.js';
import type { Separator } from './plain-text.js';
import type { Choice, FileTable, Numbered, ReadAnswer, ReadQuestion } from './protocol.js';

export interface FilePrompts {
  prompts: string[];
  table: FileTable;
  choice: Choice;
  notices: string[];
}

export class OpenedFile {
  readonly #worker = new Worker(new URL('./worker-entry.ts', import.meta.url), { type: 'module' });
  readonly #closed = new AbortController();
  #last = 0;

  /** Reads the file. Closing rejects calls in progress. */
  open(file: File, separator: Separator, onShare: OnShare): Promise<FilePrompts> {
    return this.#ask({ ask: 'open', file, separator }, onShare);
  }

  choose(choice: Choice): Promise<FilePrompts> {
    return this.#ask({ ask: 'choose', ...choice }, () => undefined);
  }

  close(): void {
    this.#worker.terminate();
    this.#closed.abort();
  }

  #ask(question: ReadQuestion, onShare: OnShare): Promise<FilePrompts> {
    const prompts: string[] = [];
    const done = new AbortController();
    const { signal } = done;
    const id = ++this.#last;
    return new Promise<FilePrompts>((resolve, reject) => {
      const closed = () => reject(new Error('The file was closed.'));
      if (this.#closed.signal.aborted) return closed();
      this.#closed.signal.addEventListener('abort', closed, { signal });
      this.#worker.addEventListener(
        'message',
        ({ data }: MessageEvent<Numbered<ReadAnswer>>) => {
          if (data.id !== id) return;
          if (data.told === 'share') onShare(data.share);
          else if (data.told === 'some') for (const prompt of data.prompts) prompts.push(prompt);
          else if (data.told === 'all') resolve({ ...data, prompts });
          else reject(new Error(data.message));
        },
        { signal },
      );
      this.#worker.addEventListener('error', () => reject(new Error('The file could not be read.')), { signal });
      this.#worker.postMessage({ ...question, id } satisfies Numbered<ReadQuestion>);
    }).finally(() => done.abort());
  }
}
