// Writes the card of the index of 2024, with the numbers that its builder measured.
import { writeFileSync } from 'node:fs';

const four = (x) => x.toFixed(4).replace(/^0/, '');

export function lossTable(measured) {
  const codes = Object.keys(measured);
  const rules = Object.keys(measured.float32).filter((rule) => rule !== 'bestSingle' && rule !== 'oracle');
  const lines = rules.map((rule) => {
    const loss = measured.float32[rule] - measured.int4[rule];
    const cells = codes.map((code) => four(measured[code][rule]));
    return `| ${rule} | ${cells.join(' | ')} | ${loss < 0 ? '-' : ''}${four(Math.abs(loss))} |`;
  });
  const rule = `|---|${codes.map(() => '---|').join('')}---|`;
  return [`| policy | ${codes.join(' | ')} | loss with int4 |`, rule, ...lines].join('\n');
}

export function writeCard(card, { file, command, samples, models, embedder, measured, sizes, sha256, metadata }) {
  const tasks = new Set(samples.tasks);
  const { bestSingle, oracle } = measured.float32;
  const text = `# The ${file === 'index.sbx' ? 'index of 2024' : `index of 2024 as ${file}`}: ${metadata.name}

This page answers: what is the index of 2024, which results.md is measured on?

${metadata.description}: ${samples.tasks.length} samples, ${models.length} models, ${tasks.size} tasks, no missing outcome.
It contains embeddings, outcomes, names, parameter counts, prices, and a map on which every sample has a position.
It contains no prompts and no answers.

| | |
|---|---|
| file | \`${file}\` (format: \`../FORMAT.md\`) |
| size | ${sizes.raw} bytes, ${sizes.brotli} as brotli |
| SHA-256 | \`${sha256}\` |
| rows | ${embedder.dim} dimensions in 4 bits, one scale per row |
| map | two dimensions; samples with similar embeddings are near each other, and these tend to be samples of one task (\`node tests/bench/map.mjs\`) |
| embedder | \`${embedder.id}\`, \`${embedder.hash}\` |
| outcomes | ${metadata.outcome} |

## Where it comes from

${metadata.sources.map((source) => `- ${source}.`).join('\n')}

The scores are figures that these projects published.
The order of the rows was repaired before use, because both collections list the same items in different orders for different models.
The licences of the collections are named above; if you need certainty about redistributing the figures, ask their publishers.
Models that are near duplicates of another model in the list, and models without results on all tasks, are left out.

## Caveats

${metadata.caveats.map((caveat) => `- ${caveat}`).join('\n')}
- A maximum price excludes the models without a price.
- A multiple-choice accuracy by log-likelihood is not the quality of a chat answer.
  The ranking says which model is likely to be right on questions like these.
- Some prompts occur more than once, but no prompt occurs in two tasks.

## The cost of quantisation

The table shows the accuracy of the default policy and of S1 with k neighbours, as means over ${tasks.size} tasks, each held out in turn (strictly: it is in no pool and no mean).
Queries are not quantised.
The best single model reaches ${four(bestSingle)}, the oracle ${four(oracle)}.

${lossTable(measured)}

Built and measured by \`${command}\`.
`;
  writeFileSync(card, text);
}
