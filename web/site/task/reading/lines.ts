/** Lines of a text that comes in pieces. They end with LF, CRLF or CR; a piece may end in the middle of any. */
export class Lines {
  readonly #onLine: (line: string) => void;
  /** Pieces of a line that has not ended: joined once, for a line may be as long as the file. */
  #open: string[] = [];
  #endsWithCr = false;

  constructor(onLine: (line: string) => void) {
    this.#onLine = onLine;
  }

  push(piece: string): void {
    if (piece === '') return;
    // The CR before this LF has ended its line already.
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
