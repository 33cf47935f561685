/** Splits a text that arrives in pieces into lines. Lines end with LF, CRLF or CR, and a piece may end anywhere. */
export class Lines {
  readonly #onLine: (line: string) => void;
  /** Pieces of the unfinished line. They are joined once, since a line may be as long as the file. */
  #open: string[] = [];
  #endsWithCr = false;

  constructor(onLine: (line: string) => void) {
    this.#onLine = onLine;
  }

  push(piece: string): void {
    if (piece === '') return;
    // The CR before this LF has already ended the line.
    const text = this.#endsWithCr && piece.startsWith('\n') ? piece.slice(1) : piece;
    this.#endsWithCr = piece.endsWith('\r');
    const parts = text.split(/\r\n|\n|\r/);
    const rest = parts.pop() ?? '';
    for (const part of parts) {
      this.#onLine(this.#open.length === 0 ? part : [...this.#open, part].join(''));
      this.#open = [];
    }
    if (rest !== '') this.#open.push(rest);
  }

  end(): void {
    if (this.#open.length > 0) this.#onLine(this.#open.join(''));
    this.#open = [];
  }
}
