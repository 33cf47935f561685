// What blocks of code find: files in their folder, and values of names that they do not declare (given.d.ts has the types).
import { copyFileSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const GRADED = path.join(root, 'tests/fixtures/plan/support.csv');

export const PROMPT = 'How many prime numbers lie between 10 and 50?';
const PROMPTS = [
  'Prove that sqrt(2) is irrational',
  'Write a SQL query for the ten customers who spent most last month',
  'Translate "good morning" into French',
];
const ANSWERS = PROMPTS.map((_, i) => ({ 'openai/gpt-5.4': `(${'abc'[i]})`, 'openai/o4-mini': '(b)' }));
const [CHEAP, STRONG] = ['openai/gpt-5-nano', 'anthropic/claude-opus-4.8'];

const questionOf = (i) => `What is ${i + 7} times ${3 * i + 2}?`;

/** A file of results in the form that docs/build.md calls wide. */
const RESULTS = [
  'dataset,id,prompt,small-model,large-model',
  ...Array.from({ length: 40 }, (_, i) => `arithmetic,${i},${questionOf(i)},${i % 3 && 1},${i % 5 && 1}`),
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
  mkdirSync(path.join(modules, '.bin'), { recursive: true });
  symlinkSync(root, path.join(modules, 'signalbox'), 'junction');
  const given = path.join(folder, 'given');
  mkdirSync(path.join(given, 'results'), { recursive: true });
  copyFileSync(GRADED, path.join(given, 'graded.csv'));
  writeFileSync(path.join(given, 'prompts.csv'), csv([['prompt'], ...PROMPTS.map((text) => [text])]));
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
  writeFileSync(path.join(given, 'plan.sbx'), (await plan([fileOf(GRADED)])).index);
}

/** Sets the values. The blocks run in this process, one after the other, and each may change them. */
export async function setGlobals(signalbox) {
  const { Router, StaticEmbedder } = signalbox;
  const router = await Router.load();
  const [{ vector }] = await router.embed([PROMPT]);
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
    show: () => undefined,
    save: () => undefined,
  });
  return () =>
    Object.assign(globalThis, {
      prompt: PROMPT,
      files: [fileOf(GRADED)],
      results: new File([NEW_RESULTS], 'new.csv'),
      input: { files: [fileOf(GRADED)], value: PROMPT, onchange: null, oninput: null },
      signal: new AbortController().signal,
    });
}
