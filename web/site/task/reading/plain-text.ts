/** Splits a plain text into prompts: one per line, or separated by empty lines. */
import { MOST_PROMPTS } from './limits.js';
import { Lines } from './lines.js';

export const SEPARATORS = ['line', 'blank'] as const;
export type Separator = (typeof SEPARATORS)[number];

/** Collects the prompts of a text that arrives in pieces. */
export class PromptsOfText {
  readonly prompts: string[] = [];
  /** There were more prompts than the limit. */
  isCut = false;
  readonly #separator: Separator;
  readonly #lines = new Lines((line) => this.#take(line));
  /** Lines of the unfinished prompt. */
  #open: string[] = [];

  constructor(separator: Separator) {
    this.#separator = separator;
  }

  push(piece: string): void {
    this.#lines.push(piece);
  }

  end(): void {
    this.#lines.end();
    this.#close();
  }

  #take(line: string): void {
    if (line.trim() !== '') this.#open.push(line);
    if (this.#separator === 'line' || line.trim() === '') this.#close();
  }

  #close(): void {
    if (this.#open.length === 0) return;
    if (this.prompts.length < MOST_PROMPTS) this.prompts.push(this.#open.join('\n').trim());
    else this.isCut = true;
    this.#open = [];
  }
}

export function promptsOf(text: string, separator: Separator): PromptsOfText {
  const found = new PromptsOfText(separator);
  found.push(text.replace(/^\uFEFF/, ''));
  found.end();
  return found;
}
