// What blocks of code find: files in their folder, and values of names that they do not declare (given.d.ts has the types).
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'csv-parse/sync';

const root = fileURLToPath(new URL('../../..', import.meta.url));
/** As many graded prompts as a plan needs at least, so that plans take little time. */
const MOST_GRADED = 100;

export const PROMPT = 'How many prime numbers lie between 10 and 50?';
/** As many as a comparison with a plan needs. */
const PROMPTS = Array.from({ length: 8 }, (_, i) => [
  `Prove that sqrt(${2 + i}) is irrational, or that it is not`,
  `Write a SQL query for the ${10 + i} customers who spent most last month`,
  `Translate "good morning, ${i} of you" into French`,
]).flat();
const ANSWERS = PROMPTS.map((_, i) => ({ 'openai/gpt-5.4': `(${'abc'[i % 3]})`, 'openai/o4-mini': '(b)' }));
const [CHEAP, STRONG] = ['openai/gpt-5-nano', 'anthropic/claude-opus-4.8'];

const questionOf = (i) => `What is ${i + 7} times ${3 * i + 2}?`;

/** A file of results in the form that docs/build.md calls wide. */
const RESULTS = [
  'dataset,id,prompt,small-model,large-model',
  ...Array.from({ length: 60 }, (_, i) => `arithmetic,${i},${questionOf(i)},${i % 3 && 1},${i % 5 && 1}`),
];

/** Results of a new model on rows of `given/mine.sbx`. */
const NEW_RESULTS = `dataset,id,prompt,score\n${Array.from({ length: 10 }, (_, i) => `arithmetic,${i},${questionOf(i)},${i % 2}\n`).join('')}`;

const csv = (rows) =>
  `${rows.map((row) => row.map((cell) => `"${`${cell}`.replaceAll('"', '""')}"`).join(',')).join('\n')}\n`;

/** Reads a file as pages have it. */
const fileOf = (file) => new File([readFileSync(file)], path.basename(file));

/** Makes a project with the package, and the files that every page may use in `given/`. */
export async function makeProject(folder) {
  const modules = path.join(folder, 'node_modules');
  mkdirSync(modules, { recursive: true });
  symlinkSync(root, path.join(modules, 'signalbox'), 'junction');
  const given = path.join(folder, 'given');
  mkdirSync(path.join(given, 'results'), { recursive: true });
  const graded = parse(readFileSync(path.join(root, 'tests/fixtures/plan/support.csv')));
  writeFileSync(path.join(given, 'graded.csv'), csv(graded.slice(0, 1 + MOST_GRADED)));
  writeFileSync(path.join(given, 'prompts.csv'), csv([['prompt'], ...PROMPTS.map((text) => [text])]));
  writeFileSync(path.join(given, 'new-prompts.csv'), csv([['prompt'], ...PROMPTS.map((text) => [text])]));
  writeFileSync(path.join(given, 'new-results.csv'), NEW_RESULTS);
  const models = Object.keys(ANSWERS[0]);
  writeFileSync(
    path.join(given, 'answers.csv'),
    csv([models, ...ANSWERS.map((row) => models.map((name) => row[name]))]),
  );
  writeFileSync(
    path.join(given, 'labels.csv'),
    csv([
      ['prompt', ...models],
      [PROMPTS[0], 1, 0],
    ]),
  );
  writeFileSync(path.join(given, 'results/arithmetic.csv'), `${RESULTS.join('\n')}\n`);
  const { buildFromFiles, plan } = await import('../../../dist/build.js');
  const { index } = await buildFromFiles([fileOf(path.join(given, 'results/arithmetic.csv'))]);
  writeFileSync(path.join(given, 'mine.sbx'), index);
  writeFileSync(path.join(given, 'plan.sbx'), (await plan([fileOf(path.join(given, 'graded.csv'))])).index);
}

/** Sets the values, for a project's folder. The blocks run in this process, one after the other, and each may change them. */
export async function setGlobals(signalbox, folder) {
  const { Router, StaticEmbedder } = signalbox;
  const router = await Router.load();
  const [{ vector }] = await router.embed([PROMPT]);
  const graded = fileOf(path.join(folder, 'given/graded.csv'));
  const models = { [CHEAP]: {}, [STRONG]: {} };
  Object.assign(globalThis, {
    router,
    prompts: [...PROMPTS],
    answers: structuredClone(ANSWERS),
    messages: [{ role: 'user', content: PROMPT }],
    tools: [
      { type: 'function', function: { name: 'now', description: 'Returns the time', parameters: { type: 'object' } } },
    ],
    feedback: [{ vector, outcomes: { [CHEAP]: false, [STRONG]: true } }],
    embedder: await StaticEmbedder.load(),
    models,
    browser: 'google/gemma-3n-e4b',
    ask: async (model) => `The answer of ${model}`,
    grade: (_index, candidates) => Object.fromEntries(candidates.map((name, i) => [name, i % 2 === 0])),
    graded: Array.from({ length: 40 }, (_, i) => ({ answer: 'A', other: 'AB'[i % 2], correct: i % 4 !== 1 })),
    cheap: CHEAP,
    strong: STRONG,
    another: 'google/gemini-3.5-flash',
    show: () => undefined,
    save: () => undefined,
  });
  return () =>
    Object.assign(globalThis, {
      prompt: PROMPT,
      files: [graded],
      resultFile: new File([NEW_RESULTS], 'new.csv'),
      input: { files: [graded], value: PROMPT, onchange: null, oninput: null },
      signal: new AbortController().signal,
    });
}
