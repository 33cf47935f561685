// Checks the types of blocks of code against the declarations of the package, all in one run of the compiler.
import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const EXTENSIONS = { js: 'mjs', ts: 'mts', tsx: 'tsx' };

const OPTIONS = {
  target: 'ES2022',
  lib: ['ES2023', 'ESNext.Disposable', 'DOM', 'DOM.Iterable', 'DOM.AsyncIterable'],
  types: ['node'],
  typeRoots: [path.join(root, 'node_modules/@types')],
  module: 'NodeNext',
  moduleDetection: 'force',
  strict: true,
  allowJs: true,
  checkJs: true,
  // Blocks of JavaScript say no types: parameters of their functions may be anything.
  noImplicitAny: false,
  noEmit: true,
  skipLibCheck: true,
};

/** Declares `prompt`, which pages have as a function, unless the code does. */
const promptFor = (code, language) =>
  /\bprompt\b/.test(code) && !/^(import|(export )?(const|let|var|function))\b[^=]*\bprompt\b/m.test(code)
    ? language === 'js'
      ? '/** @type {string} */ const prompt = ""; '
      : 'declare const prompt: string; '
    : '';

/** Returns the faults of blocks, as `file:line: message`. */
export function typeFaults(blocks, folder) {
  const place = path.join(folder, 'types');
  mkdirSync(place);
  const names = new Map();
  blocks.forEach((block, i) => {
    const name = `block-${i}.${EXTENSIONS[block.language]}`;
    names.set(name, block);
    const start = promptFor(block.code, block.language);
    writeFileSync(path.join(place, name), `${start}${block.code}\n`);
  });
  const given = path.join(root, 'tests/package/documents/given.d.ts');
  const config = { compilerOptions: OPTIONS, include: ['.', given] };
  writeFileSync(path.join(place, 'tsconfig.json'), JSON.stringify(config));
  const compiler = path.join(root, 'node_modules/typescript/bin/tsc');
  const { stdout, stderr, status } = spawnSync(process.execPath, [compiler, '-p', '.', '--pretty', 'false'], {
    cwd: place,
    encoding: 'utf8',
  });
  if (status !== 0 && stdout === '') throw new Error(stderr);
  return stdout
    .trim()
    .split('\n')
    .filter(Boolean)
    .map((line) => {
      const [, name, at, message] = /^(block-\d+\.\w+)\((\d+),\d+\): (.*)$/.exec(line) ?? [];
      if (name === undefined) return line;
      const { file, line: first } = names.get(name);
      return `${file}:${first + Number(at) - 1}: ${message}`;
    });
}
