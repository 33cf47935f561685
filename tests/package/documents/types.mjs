// Checks the types of blocks of code against the declarations of the package, all in one run of the compiler.
import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { declaredIn } from './blocks.mjs';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const EXTENSIONS = { js: 'mjs', ts: 'mts', tsx: 'tsx' };

const OPTIONS = {
  target: 'ES2022',
  lib: ['ES2023', 'ESNext.Disposable', 'DOM', 'DOM.Iterable', 'DOM.AsyncIterable'],
  types: ['node'],
  typeRoots: [path.join(root, 'node_modules/@types')],
  module: 'NodeNext',
  moduleDetection: 'force',
  allowJs: true,
  checkJs: true,
  noEmit: true,
  skipLibCheck: true,
};

/** Declares `prompt`, which pages have as a function, unless the code does. */
const promptFor = (code, language) =>
  !/\bprompt\b/.test(code) || declaredIn(code).has('prompt')
    ? ''
    : language === 'js'
      ? "/** @type {string} */ const prompt = ''; "
      : 'declare const prompt: string; ';

function compile(blocks, place, options) {
  mkdirSync(place);
  const names = new Map();
  blocks.forEach((block, i) => {
    const name = `block-${i}.${EXTENSIONS[block.language]}`;
    names.set(name, block);
    writeFileSync(path.join(place, name), `${promptFor(block.code, block.language)}${block.code}\n`);
  });
  const declarations = [
    'tests/package/documents/given.d.ts',
    'tests/package/documents/page.d.ts',
    'bindings/ts/integrations/langchain-core.d.ts',
  ];
  const include = ['.', ...declarations.map((file) => path.join(root, file))];
  writeFileSync(
    path.join(place, 'tsconfig.json'),
    JSON.stringify({ compilerOptions: { ...OPTIONS, ...options }, include }),
  );
  const compiler = path.join(root, 'node_modules/typescript/bin/tsc');
  const { stdout, stderr, status } = spawnSync(process.execPath, [compiler, '-p', '.', '--pretty', 'false'], {
    cwd: place,
    encoding: 'utf8',
  });
  if (status !== 0 && stdout === '') throw new Error(stderr);
  const faults = stdout.split('\n').filter((line) => /^\S/.test(line));
  return faults.map((line) => {
    const [, name, at, message] = /^(block-\d+\.\w+)\((\d+),\d+\): (.*)$/.exec(line) ?? [];
    if (name === undefined) return line;
    const { file, line: first } = names.get(name);
    return `${file}:${first + Number(at) - 1}: ${message}`;
  });
}

/** Returns the faults of blocks, as `file:line: message`. JavaScript does not say what may be null, so that nobody asks. */
export function typeFaults(blocks, folder) {
  const isScript = ({ language }) => language === 'js';
  return [
    ...compile(blocks.filter(isScript), path.join(folder, 'scripts'), { strict: false }),
    ...compile(
      blocks.filter((block) => !isScript(block)),
      path.join(folder, 'types'),
      { strict: true, noImplicitAny: false },
    ),
  ];
}
