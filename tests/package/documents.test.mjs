// Every block of code in the README, the documentation and the doc comments of the package is executed, or at least compiled.
// CONTRIBUTING.md says how. With DOCUMENTS_NODE, another Node.js runs them: `npm run docs:test -- --node 24`.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { publicNames } from '../../scripts/public-names.mjs';
import { blocksOf, checked, commentBlocksOf, joined, scriptsOf, withImports } from './documents/blocks.mjs';
import { makeProject, PROMPT } from './documents/given.mjs';
import { askServer, decides, missingPackages } from './documents/servers.mjs';
import { commandsOf, faultOf, makeNpx, runShell, runs, wordsOf } from './documents/shell.mjs';
import { typeFaults } from './documents/types.mjs';
import { EXAMPLES } from './importing/examples.mjs';
import { root } from './support/fixtures.mjs';

const node = process.env.DOCUMENTS_NODE ?? process.execPath;
const RUNNER = fileURLToPath(new URL('documents/runner.mjs', import.meta.url));

/** Returns the files of a folder with an extension, as paths in the repository. */
const filesOf = (folder, extension) =>
  readdirSync(path.join(root, folder), { recursive: true })
    .filter((name) => name.endsWith(extension) && !name.includes('node_modules'))
    .map((name) => path.join(folder, name))
    .sort();

const textOf = (file) => readFileSync(path.join(root, file), 'utf8');
const PAGES = ['README.md', 'CONTRIBUTING.md', ...filesOf('docs', '.md'), ...filesOf('examples', '.md')];
const SOURCES = filesOf('bindings/ts', '.ts');

/** The entries of the names that examples of doc comments may use without an import. */
const ENTRIES = new Map(
  publicNames()
    .filter(({ isValue }) => isValue)
    .map(({ name, entry }) => [name, entry]),
);

const written = [
  ...PAGES.flatMap((file) => blocksOf(textOf(file), file)),
  ...SOURCES.flatMap((file) => commentBlocksOf(textOf(file), file)).map((block) => ({
    ...block,
    code: withImports(block.code, ENTRIES),
  })),
];
// A block of output right after a block of code is what that prints.
written.forEach((block, i) => {
  const next = written[i + 1];
  const isOutput = next?.follows && next.file === block.file && ['text', 'json'].includes(next.language);
  if (isOutput && ['js', 'sh'].includes(block.language)) {
    block.shows = next.code;
    next.isShown = true;
  }
});

const has = (note) => (block) => block.notes[note] !== undefined;
const not = (condition) => (block) => !condition(block);
const isScript = ({ language }) => language === 'js';
const nameOf = ({ file, line }) => `${file}:${line}`;

/** Returns why a block neither runs nor is compiled; `undefined` if it is. */
function excuseOf({ notes, code }) {
  if (notes['not run'] !== undefined) return notes['not run'];
  const missing = notes.server === undefined ? [] : missingPackages(code);
  return missing.length > 0 ? `needs ${missing.join(', ')}` : undefined;
}

const blocks = joined(written.filter((block) => excuseOf(block) === undefined));
const inCode = blocks.filter(({ language }) => ['js', 'ts', 'tsx'].includes(language));
const compiled = [...inCode.filter(not(has('file'))), ...blocks.flatMap(scriptsOf)];
const servers = compiled.filter(has('server'));
const executed = compiled
  .filter(isScript)
  .filter(not(has('server')))
  .filter(not(has('types only')));

/** Blocks of commands, with the lines that run. Those of the package alone need no shell. */
const lined = blocks
  .filter(({ language }) => language === 'sh')
  .map((block) => ({ ...block, lines: commandsOf(block.code).filter(runs) }))
  .filter(({ lines }) => lines.length > 0)
  .map((block) => ({ ...block, commands: block.lines.map(wordsOf) }));
const commands = lined.filter((block) => !block.commands.includes(undefined));
const shells = lined.filter((block) => block.commands.includes(undefined));
const inOrder = (a, b) => PAGES.indexOf(a.file) - PAGES.indexOf(b.file) || a.line - b.line;

let folder;
let bin;
before(async () => {
  // Below the checkout, so that the blocks find its packages.
  mkdirSync(path.join(root, 'build'), { recursive: true });
  folder = mkdtempSync(path.join(root, 'build', 'documents-'));
  await makeProject(folder);
  bin = path.join(folder, 'bin');
  mkdirSync(bin);
  makeNpx(bin, node);
});
after(() => rmSync(folder, { recursive: true, force: true }));

/** Writes the small files that a source of results has in the tests of importers, or one of them: `helm`, `wide/r.csv`. */
function putResults(place, target) {
  const [source, one] = place.split(/\/(.*)/);
  const contents = Object.entries(EXAMPLES[source]).filter(([file]) => one === undefined || file === one);
  assert.ok(contents.length > 0, `there is no ${place}`);
  for (const [file, content] of contents) {
    const written = one === undefined ? path.join(target, file) : target;
    mkdirSync(path.dirname(written), { recursive: true });
    const isRaw = typeof content === 'string' || ArrayBuffer.isView(content);
    writeFileSync(written, isRaw ? content : JSON.stringify(content));
  }
}

/** Returns a folder with the given files: that of the page, or one of the block's own with what its note `with: PLACE as NAME` says. */
function folderOf({ file, line, notes }) {
  const own = path.join(folder, `${file} ${notes.with === undefined ? '' : line}`.replace(/\W+/g, '-'));
  if (!existsSync(own)) cpSync(path.join(folder, 'given'), own, { recursive: true });
  for (const [, place, name] of (notes.with ?? '').matchAll(/(\S+) as ([^,\s]+)/g)) {
    rmSync(path.join(own, name), { recursive: true, force: true });
    const target = path.join(own, name);
    const given = path.join(folder, 'given', place);
    if (Object.hasOwn(EXAMPLES, place.split('/')[0])) putResults(place, target);
    else cpSync(existsSync(given) ? given : path.join(root, place), target, { recursive: true });
  }
  return own;
}

/** Compares what was printed with what the page shows, but for blanks at the ends of lines. */
function assertShown(printed, block) {
  const trimmed = (text) => text.replace(/[ \t]+$/gm, '').trim();
  assert.equal(trimmed(printed), trimmed(block.shows), nameOf(block));
}

const assertNone = (faults) => assert.ok(faults.length === 0, faults.join('\n'));

it('says which blocks are excused', (t) => {
  const excused = written.filter((block) => excuseOf(block) !== undefined);
  for (const block of excused) t.diagnostic(`not run: ${nameOf(block)}: ${excuseOf(block)}`);
  t.diagnostic(
    `${compiled.length} blocks compiled, ${executed.length} of them and ${lined.length} of commands run, ${excused.length} excused`,
  );
  assertNone(excused.filter((block) => excuseOf(block) === '').map((block) => `${nameOf(block)}: say why`));
});

it('blocks compile against the declarations of the package', () =>
  assertNone(typeFaults(compiled.filter(not(has('run only'))), folder)));

it('blocks of JavaScript and commands run', () => {
  const list = [...executed, ...commands].sort(inOrder).map((block, i) => {
    const entry = { name: nameOf(block), folder: folderOf(block), isAlone: block.code.includes('liveHandles') };
    if (!isScript(block)) return { ...entry, commands: block.commands };
    const module = path.join(entry.folder, `block-${i}.mjs`);
    writeFileSync(module, checked(block.code));
    return { ...entry, module };
  });
  list.sort((a, b) => Number(b.isAlone) - Number(a.isAlone));
  const [input, out] = ['list.json', 'out.jsonl'].map((name) => path.join(folder, name));
  writeFileSync(input, JSON.stringify(list));
  writeFileSync(out, '');
  const { stderr, error } = spawnSync(node, [RUNNER, input, out], { encoding: 'utf8' });
  const lines = readFileSync(out, 'utf8').trim().split('\n').filter(Boolean).map(JSON.parse);
  const last = lines.at(-1);
  assert.equal(last?.name, 'end', `the run ended in ${last?.name ?? 'its start'}: ${error ?? stderr}`);
  assertNone(lines.filter((line) => line.error).map(({ name, error: cause }) => `${name}: ${cause}`));
  for (const block of [...executed, ...commands].filter(({ shows }) => shows !== undefined)) {
    assertShown(lines.find(({ name, started }) => name === nameOf(block) && !started).printed, block);
  }
});

describe('blocks that serve', () => {
  for (const block of servers) {
    it(nameOf(block), async () => {
      const { status, text } = await askServer(node, block.code, folderOf(block), PROMPT);
      assert.equal(status, 200, text);
      if (decides(block.code)) assert.ok(JSON.parse(text).model.includes('/'), text);
    });
  }
});

it('blocks of a shell run', () => {
  for (const block of shells) {
    const { status, stdout, stderr } = runShell(block.lines, folderOf(block), bin);
    assert.equal(status, 0, `${nameOf(block)}: ${block.lines.join('\n')}\n${stderr}`);
    if (block.shows !== undefined) assertShown(stdout, block);
  }
});

it('scripts and files that commands name are there', () => {
  const inShell = blocks.filter(({ language }) => language === 'sh');
  const faults = inShell.flatMap((block) =>
    commandsOf(block.code).flatMap((command) => {
      const fault = faultOf(command, block.file);
      return fault === undefined ? [] : `${nameOf(block)}: ${fault}`;
    }),
  );
  assertNone(faults);
});

it('blocks that show a file have its text', () => {
  for (const block of blocks.filter(has('file'))) {
    assert.equal(block.code.trim(), textOf(block.notes.file).trim(), nameOf(block));
  }
});

it('blocks of JSON are values, or members of an object', () => {
  const parses = (text) => {
    try {
      return JSON.parse(text) !== undefined;
    } catch {
      return false;
    }
  };
  const shown = blocks.filter(({ language, isShown }) => language === 'json' && !isShown);
  assertNone(shown.filter(({ code }) => !parses(code) && !parses(`{${code}}`)).map(nameOf));
});

it('every block says its language', () => {
  const known = ['js', 'ts', 'tsx', 'sh', 'json', 'html', 'csv', 'text', 'yaml', 'toml'];
  assertNone(
    written.filter(({ language }) => !known.includes(language)).map((block) => `${nameOf(block)}: ${block.language}`),
  );
});
