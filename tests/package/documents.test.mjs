// Every block of code in the README, the documentation and the doc comments of the package is executed, or at least compiled.
// CONTRIBUTING.md says how. With DOCUMENTS_NODE, another Node.js runs them: `npm run docs:test -- --node 24`.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { publicNames } from '../../scripts/public-names.mjs';
import { blocksOf, checked, commentBlocksOf, joined, withImports } from './documents/blocks.mjs';
import { makeProject } from './documents/given.mjs';
import { commandsOf, faultOf, makeNpx, runShell, runs } from './documents/shell.mjs';
import { typeFaults } from './documents/types.mjs';
import { EXAMPLES } from './importing/examples.mjs';
import { root } from './support/fixtures.mjs';

const node = process.env.DOCUMENTS_NODE ?? process.execPath;
const RUNNER = fileURLToPath(new URL('documents/runner.mjs', import.meta.url));
const OUTPUT = ['text', 'json'];

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

/** The output that a block shows, if the next block right after it does. */
written.forEach((block, i) => {
  const next = written[i + 1];
  if (
    ['js', 'sh'].includes(block.language) &&
    next?.follows &&
    next.file === block.file &&
    OUTPUT.includes(next.language)
  ) {
    block.shows = next.code;
    next.isShown = true;
  }
});

const excused = written.filter(({ notes }) => notes['not run'] !== undefined);
const blocks = joined(written.filter(({ notes }) => notes['not run'] === undefined));
const nameOf = ({ file, line }) => `${file}:${line}`;
const isSame = ({ notes }) => notes.file !== undefined;
const compiled = blocks.filter((block) => ['js', 'ts', 'tsx'].includes(block.language) && !isSame(block));
const executed = compiled.filter(({ language, notes }) => language === 'js' && notes['types only'] === undefined);

let folder;
let bin;
before(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'signalbox-documents-'));
  await makeProject(folder);
  bin = path.join(folder, 'bin');
  mkdirSync(bin);
  makeNpx(bin, node);
});
after(() => rmSync(folder, { recursive: true, force: true }));

/** Returns the folder of a page, which has the given files. */
function folderOf(file) {
  const own = path.join(folder, file.replace(/\W+/g, '-'));
  if (!existsSync(own)) cpSync(path.join(folder, 'given'), own, { recursive: true });
  return own;
}

/** Puts what the note `with: PLACE as NAME` names into a folder: a file of the repository, or results of a tool. */
function putInto(own, note) {
  for (const [, place, name] of note.matchAll(/(\S+) as ([^,\s]+)/g)) {
    const target = path.join(own, name);
    if (!Object.hasOwn(EXAMPLES, place)) cpSync(path.join(root, place), target, { recursive: true });
    else {
      for (const [file, content] of Object.entries(EXAMPLES[place])) {
        mkdirSync(path.dirname(path.join(target, file)), { recursive: true });
        const isRaw = typeof content === 'string' || ArrayBuffer.isView(content);
        writeFileSync(path.join(target, file), isRaw ? content : JSON.stringify(content));
      }
    }
  }
}

/** Compares an output with the one that a page shows, in which lines of dots stand for any lines. */
function assertShown(printed, shows, where) {
  const trimmed = (text) => text.replace(/[ \t]+$/gm, '').trim();
  assert.equal(trimmed(printed), trimmed(shows), where);
}

it('says which blocks are excused', (t) => {
  for (const block of excused) t.diagnostic(`not run: ${nameOf(block)}: ${block.notes['not run']}`);
  t.diagnostic(
    `${executed.length} blocks run, ${compiled.length} compiled, ${excused.length} of ${written.length} excused`,
  );
  assert.deepEqual(excused.filter(({ notes }) => notes['not run'] === '').map(nameOf), [], 'an excuse has a reason');
});

it('blocks compile against the declarations of the package', () => {
  assert.deepEqual(typeFaults(compiled, folder), []);
});

it('blocks of JavaScript run', (t) => {
  const list = executed.map((block, i) => {
    const own = folderOf(block.file);
    putInto(own, block.notes.with ?? '');
    const module = path.join(own, `block-${i}.mjs`);
    writeFileSync(module, checked(block.code));
    return { name: nameOf(block), module, folder: own };
  });
  const [input, out] = ['list.json', 'out.jsonl'].map((name) => path.join(folder, name));
  writeFileSync(input, JSON.stringify(list));
  writeFileSync(out, '');
  const { stderr, error } = spawnSync(node, [RUNNER, input, out], { encoding: 'utf8', timeout: 300_000 });
  const lines = readFileSync(out, 'utf8').trim().split('\n').filter(Boolean).map(JSON.parse);
  const last = lines.at(-1);
  assert.equal(last?.name, 'end', `the run ended in ${last?.name ?? 'its start'}: ${error ?? stderr}`);
  const failed = lines.filter((line) => line.error).map(({ name, error: cause }) => `${name}: ${cause}`);
  assert.deepEqual(failed, []);
  t.diagnostic(`${last.liveHandles} handles left open`);
  for (const { shows, ...block } of executed) {
    const { printed } = lines.find((line) => line.name === nameOf(block) && !line.started);
    if (shows !== undefined) assertShown(printed, shows, nameOf(block));
  }
});

describe('blocks of shell commands', () => {
  for (const block of blocks.filter(({ language }) => language === 'sh')) {
    const commands = commandsOf(block.code);
    const own = commands.filter(runs);
    it(nameOf(block), () => {
      assert.deepEqual(commands.map(faultOf).filter(Boolean), []);
      if (own.length === 0) return;
      const place = folderOf(block.file);
      putInto(place, block.notes.with ?? '');
      const { status, stdout, stderr } = runShell(own, place, bin);
      assert.equal(status, 0, `${own.join('\n')}\n${stdout}${stderr}`);
      if (block.shows !== undefined) assertShown(stdout, block.shows, nameOf(block));
    });
  }
});

it('blocks that a file has are that file', () => {
  for (const block of blocks.filter(isSame)) {
    assert.equal(block.code.trim(), textOf(block.notes.file).trim(), nameOf(block));
  }
});

it('blocks of JSON are values, or members of an object', () => {
  for (const { code, ...block } of written.filter(({ language, isShown }) => language === 'json' && !isShown)) {
    const parses = [code, `{${code}}`].some((text) => {
      try {
        JSON.parse(text);
        return true;
      } catch {
        return false;
      }
    });
    assert.ok(parses, nameOf(block));
  }
});

it('every block says its language', () => {
  const known = ['js', 'ts', 'tsx', 'sh', 'json', 'html', 'csv', 'text', 'yaml', 'toml'];
  assert.deepEqual(written.filter(({ language }) => !known.includes(language)).map(nameOf), []);
});
