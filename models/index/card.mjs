// Writes the card of the default index, with the numbers that its builder measured.
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
  return [`| policy | ${codes.join(' | ')} | lost by int4 |`, rule, ...lines].join('\n');
}

export function writeCard(card, { file, command, samples, models, embedder, measured, sizes, sha256, metadata }) {
  const tasks = new Set(samples.tasks);
  const { bestSingle, oracle } = measured.float32;
  const text = `# The ${file === 'index.sbx' ? 'default index' : `index ${file}`}: ${metadata.name}

${metadata.description}: ${samples.tasks.length} samples, ${models.length} models, ${tasks.size} tasks, no missing outcome.
It holds embeddings, outcomes, names, parameter counts, prices and a map, on which every sample has a place. It holds no prompt and no answer.

| | |
|---|---|
| file | \`${file}\` (format: \`../FORMAT.md\`) |
| size | ${sizes.raw} bytes, ${sizes.brotli} as brotli |
| SHA-256 | \`${sha256}\` |
| rows | ${embedder.dim} dimensions in 4 bits, one scale a row |
| map | two dimensions; samples whose embeddings are near each other are near each other, which tends to be those of a task (\`node tests/bench/map.mjs\`) |
| embedder | \`${embedder.id}\`, \`${embedder.hash}\` |
| outcomes | ${metadata.outcome} |

## Where it comes from

${metadata.sources.map((source) => `- ${source}.`).join('\n')}

The scores are figures that these projects published; each row's order was repaired before use, because both collections
list the same items in different orders for different models. The licence of the collections is named above; who needs
certainty about redistributing the figures should ask their publishers. Models that are near duplicates of another one in the list,
and models without results on all tasks, are left out.

## Caveats

${metadata.caveats.map((caveat) => `- ${caveat}`).join('\n')}
- A maximum price leaves out the models without one.
- A multiple-choice accuracy by log-likelihood is not the quality of a chat answer. The ranking says which model is likely to be
  right on questions like these.
- Some prompts occur more than once, none of them in two tasks.

## What quantising costs

Accuracy of the default policy and of S1 with k neighbours, means over ${tasks.size} tasks, each held out in turn (strictly: it is
in no pool and no mean); queries are not quantised. The best single model reaches ${four(bestSingle)}, the oracle ${four(oracle)}.

${lossTable(measured)}

Made and measured by \`${command}\`.
`;
  writeFileSync(card, text);
}
