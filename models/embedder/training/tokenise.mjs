/** Converts word streams to token streams with the package's own tokenizer. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { sourceWeight } from './corpus.mjs';
import { encode, loadTokenizer } from './tokenizer.mjs';
import { readNumbers, readSources, readWords } from './words.mjs';

/** Returns the tokens of every distinct word, one after another; those of word i are starts[i] to starts[i + 1]. */
function tokeniseWords(words, tokenizer) {
  const starts = new Uint32Array(words.length + 1);
  const tokens = [];
  words.forEach((word, i) => {
    tokens.push(...encode(tokenizer, word));
    starts[i + 1] = tokens.length;
  });
  return { starts, tokens: Uint16Array.from(tokens) };
}

/** Returns the tokens of a source's texts, and the bounds of each text among them. */
function tokeniseSource(words, offsets, table) {
  let length = 0;
  for (const word of words) length += table.starts[word + 1] - table.starts[word];
  const tokens = new Uint16Array(length);
  const bounds = new Uint32Array(offsets.length);
  let at = 0;
  for (let text = 0; text + 1 < offsets.length; ++text) {
    for (let i = offsets[text]; i < offsets[text + 1]; ++i) {
      for (let k = table.starts[words[i]]; k < table.starts[words[i] + 1]; ++k) tokens[at++] = table.tokens[k];
    }
    bounds[text + 1] = at;
  }
  return { tokens, bounds };
}

/** Writes `<source>.tokens`, `<source>.bounds` and the trainer's list of sources, one `name weight` per line. */
export function tokeniseCorpus(wordsFolder, tokensFolder, tokenizerJson) {
  mkdirSync(tokensFolder, { recursive: true });
  const table = tokeniseWords(readWords(wordsFolder), loadTokenizer(tokenizerJson));
  const sources = readSources(wordsFolder);
  for (const { name } of sources) {
    const words = readNumbers(join(wordsFolder, `${name}.words`));
    const { tokens, bounds } = tokeniseSource(words, readNumbers(join(wordsFolder, `${name}.offsets`)), table);
    writeFileSync(join(tokensFolder, `${name}.tokens`), tokens);
    writeFileSync(join(tokensFolder, `${name}.bounds`), bounds);
  }
  const list = sources.map(({ name, pairs }) => `${name} ${sourceWeight(name, pairs).toFixed(3)}`);
  writeFileSync(join(tokensFolder, 'sources.txt'), `${list.join('\n')}\n`);
}
