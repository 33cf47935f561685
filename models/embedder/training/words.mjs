/**
 * The corpus as numbered words, normalised and split once by the tokenizer's first two stages. Learning a vocabulary
 * and tokenising with it are then one pass over the distinct words, and cannot differ from the tokenizer at run time.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readPairs } from './corpus.mjs';
import { emptyTokenizer } from './tokenizer.mjs';

/** Words kept per text; the runtime cuts at 512 tokens. */
const MAX_WORDS = 400;

/** A growing list of 32-bit numbers. */
class Numbers {
  #values = new Uint32Array(1 << 16);
  length = 0;
  push(value) {
    if (this.length === this.#values.length) {
      const larger = new Uint32Array(2 * this.length);
      larger.set(this.#values);
      this.#values = larger;
    }
    this.#values[this.length++] = value;
  }
  bytes() {
    return new Uint8Array(this.#values.buffer, 0, 4 * this.length);
  }
}

class WordStreams {
  #tokenizer = emptyTokenizer();
  #numbers = new Map();
  #sources = new Map();

  #addText(text, source) {
    const normalised = this.#tokenizer.normalizer(text);
    const words = this.#tokenizer.pre_tokenizer(normalised);
    for (const word of words.slice(0, MAX_WORDS)) {
      let number = this.#numbers.get(word);
      if (number === undefined) {
        number = this.#numbers.size;
        // A copy, because the match is a slice that would keep its whole text alive.
        this.#numbers.set(Buffer.from(word).toString(), number);
      }
      source.words.push(number);
    }
    source.offsets.push(source.words.length);
  }

  add({ a, b, source: name }) {
    let source = this.#sources.get(name);
    if (source === undefined) {
      source = { words: new Numbers(), offsets: new Numbers(), pairs: 0 };
      source.offsets.push(0);
      this.#sources.set(name, source);
    }
    this.#addText(a, source);
    this.#addText(b, source);
    source.pairs += 1;
  }

  write(folder) {
    mkdirSync(folder, { recursive: true });
    for (const [name, { words, offsets }] of this.#sources) {
      writeFileSync(join(folder, `${name}.words`), words.bytes());
      writeFileSync(join(folder, `${name}.offsets`), offsets.bytes());
    }
    writeFileSync(join(folder, 'words.txt'), [...this.#numbers.keys()].join('\n'));
    const list = [...this.#sources].map(([name, { pairs }]) => ({ name, pairs }));
    writeFileSync(join(folder, 'sources.json'), JSON.stringify(list.sort((x, y) => (x.name < y.name ? -1 : 1))));
  }
}

/** Writes the word streams into a folder; does nothing if they are already there. */
export async function collectWords(corpus, folder, log) {
  if (existsSync(join(folder, 'sources.json'))) return;
  const streams = new WordStreams();
  let pairs = 0;
  for await (const pair of readPairs(corpus)) {
    streams.add(pair);
    if (++pairs % 200_000 === 0) log(`${pairs} pairs read`);
  }
  streams.write(folder);
}

export function readNumbers(file) {
  const bytes = readFileSync(file);
  return new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 4);
}

export function readSources(folder) {
  return JSON.parse(readFileSync(join(folder, 'sources.json'), 'utf8'));
}

export function readWords(folder) {
  return readFileSync(join(folder, 'words.txt'), 'utf8').split('\n');
}
