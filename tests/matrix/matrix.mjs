// Runs rows of the matrix: makes their projects, and compares what each use of the package returns with Node.js here.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { Router } from '../../dist/index.js';
import { OnnxEmbedder } from '../../dist/onnx.js';
import { Pages } from './pages.mjs';
import { makeProject } from './projects.mjs';
import { PROMPT } from './shared/uses.js';

const FOLDER = path.dirname(fileURLToPath(import.meta.url));

/** Groups of rows, in the order of the page's tables. */
export const GROUPS = ['bundlers', 'frameworks', 'pages', 'runtimes', 'tests and types'];

/** Returns the tools by name: the options of their projects, and their rows. */
export async function readTools() {
  const entries = readdirSync(FOLDER, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  const names = entries.map(({ name }) => name).filter((name) => name !== 'shared' && name !== 'onnx');
  const tools = {};
  for (const name of names.sort()) {
    const { group, project = {}, rows } = await import(`./${name}/rows.mjs`);
    assert.ok(GROUPS.includes(group), `got the group '${group}' in ${name}, expected one of ${GROUPS.join(', ')}`);
    const manifest = JSON.parse(readFileSync(path.join(FOLDER, name, 'package.json'), 'utf8'));
    const versioned = (title) =>
      title.replace(/\{(.+?)\}/g, (_, dependency) => manifest.dependencies[dependency].split('@').at(-1));
    tools[name] = { group, project, rows: rows.map((row) => ({ ...row, title: versioned(row.title) })) };
  }
  return tools;
}

/** Returns the table of a group as Markdown: what works where, and what it needs. */
export function tableOf(tools, group) {
  const rows = Object.values(tools).flatMap((tool) => (tool.group === group ? tool.rows : []));
  const lines = rows.map(({ title, uses, needs = 'nothing' }) => `| ${title} | ${uses.join(', ')} | ${needs} |`);
  return ['| where | what works | what it needs |', '|---|---|---|', ...lines].join('\n');
}

/** Throws unless a use returned what it returns in Node.js. */
function check(use, result, expected) {
  assert.ok(result !== undefined, `${use}: got nothing`);
  assert.ok(!('failure' in result), `${use}: ${result.failure}`);
  const { value } = result;
  if (value === 'compiles') return;
  if (use !== 'ONNX') return assert.deepEqual({ [use]: value }, { [use]: expected.decision });
  assert.equal(value.length, expected.vector.length, use);
  const farthest = Math.max(...value.map((x, i) => Math.abs(x - expected.vector[i])));
  assert.ok(farthest < 1e-4, `ONNX: got a vector that is off by ${farthest}`);
}

async function expectedFrom(model) {
  const router = await Router.load();
  const decision = await router.route(PROMPT);
  router.dispose();
  if (model === undefined) return { decision };
  const embedder = await OnnxEmbedder.load(model, { dtype: 'fp32', manifest: null });
  const [{ vector }] = await embedder.embed([PROMPT]);
  embedder.dispose();
  return { decision, vector: Array.from(vector) };
}

/** Runs the rows of a tool in a fresh project; calls back with the title of each, and its failure or an empty text. */
export async function runTool(name, { project: options, rows }, pages, onRow) {
  const failure = (action) =>
    action().then(
      () => '',
      ({ message }) => message,
    );
  let project;
  let expected;
  const broken = await failure(async () => {
    project = makeProject({ name, ...options });
    expected = await expectedFrom(options.hasOnnx ? project.path('public/model') : undefined);
  });
  try {
    for (const { title, uses, run } of rows) {
      const runRow = async () => {
        const said = await run(project, pages);
        for (const use of new Set([...uses, ...Object.keys(said)])) check(use, said[use], expected);
      };
      onRow(title, broken || (await failure(runRow)));
    }
  } finally {
    project?.close();
  }
}

/** Runs tools one after the other; calls back as `runTool` does. */
export async function runTools(tools, onRow) {
  const pages = new Pages();
  try {
    for (const [name, tool] of Object.entries(tools)) await runTool(name, tool, pages, onRow);
  } finally {
    await pages.close();
  }
}
