// Collects the licences of everything that a build contains, from the modules that the bundlers really put into it.
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { root } from './setup.mjs';
import { modulesIn } from './vendor.mjs';

/** Name of the file with the licences in each build. */
export const LICENSES_FILE = 'licenses.txt';

const mit = (holder) => `MIT License

Copyright (c) ${holder}

Permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated documentation files (the "Software"), to deal in the Software without restriction, including without limitation the rights to use, copy, modify, merge, publish, distribute, sublicense, and/or sell copies of the Software, and to permit persons to whom the Software is furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all copies or substantial portions of the Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM, OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.`;

const apache = () => readFileSync(path.join(root, 'LICENSE'), 'utf8').trim();

/** Returns the comment at the top of a file, without the slashes. */
const headerOf = (file) =>
  /^(\/\/.*\n)+/
    .exec(readFileSync(file, 'utf8'))[0]
    .replace(/^\/\/ ?/gm, '')
    .trim();

/** Licences of packages that come without the text. */
const WITHOUT_TEXT = {
  'onnxruntime-web': () => mit('Microsoft Corporation'),
  '@bufbuild/protobuf': (folder) =>
    `Copyright Buf Technologies, Inc.\n\n${apache()}\n\nOf dist/esm/wire/varint.js:\n\n${headerOf(path.join(folder, 'dist/esm/wire/varint.js'))}`,
};

/** Libraries in signalbox.wasm and signalbox-lab.wasm. */
const ALWAYS = [
  [
    'Eigen, MPL-2.0',
    'The source is at https://gitlab.com/libeigen/eigen, the licence at https://mozilla.org/MPL/2.0/.',
  ],
  ['Emscripten, MIT', mit('The Emscripten authors')],
  ['JSON for Modern C++, MIT', mit('Niels Lohmann')],
  ['musl, MIT', mit('Rich Felker, et al.')],
];

const SHARE_ALIKE = 'The licence is at https://creativecommons.org/licenses/by-sa/4.0/.';

/** Returns the rows of the table below a heading of a card, as lists of cells. */
function rowsOf(card, heading) {
  const text = readFileSync(path.join(root, card), 'utf8');
  const [, section] = text.split(`\n## ${heading}\n`);
  if (section === undefined) throw new Error(`${card} has no heading '${heading}'`);
  const [, , ...rows] = section
    .split('\n## ')[0]
    .split('\n')
    .filter((line) => line.startsWith('|'));
  if (rows.length === 0) throw new Error(`${card} has no table below '${heading}'`);
  return rows.map((row) =>
    row
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}

const lines = (rows, ofRow) => rows.map((row) => `- ${ofRow(row)}`).join('\n');

/** Returns the entry of an embedder's table; the columns of its card are the source, where it is from, and the licence. */
const tableEntry = (title, card, ofRow) => [
  `${title}, CC BY-SA 4.0`,
  `By the signalbox authors. ${SHARE_ALIKE} It was trained on texts from the following sources.\n\n${lines(rowsOf(card, 'Training texts'), ofRow)}`,
];

/** Data in every build: the embedder, and figures of other projects in the index. */
const data = () => [
  tableEntry(
    'The table of the embedder',
    'models/embedder/README.md',
    ([source, from, license]) => `${source}: ${from} (${license})`,
  ),
  [
    'The index',
    `It contains figures of the following projects.\n\n${lines(
      rowsOf('models/index/README.md', 'Where it comes from'),
      ([source, version, , license, what]) => `${source} ${version}: ${what} (${license})`,
    )}`,
  ],
];

/** The table of other languages, in builds that have it. */
const languages = () =>
  tableEntry(
    'The table of other languages',
    'models/multilingual/README.md',
    ([source, , from, license]) => `${source}: ${from} (${license})`,
  );

/** Returns the folder of the package that a module is a part of; `undefined` for the project's own modules. */
const folderOf = (module) => /^.*\bnode_modules[\\/](@[^\\/]+[\\/])?[^\\/]+/.exec(module)?.[0].replace(/^\0/, '');

function licenseOf(folder) {
  const { name, version, license } = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8'));
  const files = readdirSync(folder).filter((file) => /^(licen[cs]e|copying|notice)/i.test(file));
  const texts = files.sort().map((file) => readFileSync(path.join(folder, file), 'utf8').trim());
  if (texts.length === 0) {
    if (!Object.hasOwn(WITHOUT_TEXT, name)) throw new Error(`${name} has no licence file: add its text here`);
    texts.push(WITHOUT_TEXT[name](folder));
  }
  return [`${name} ${version}, ${license}`, texts.join('\n\n')];
}

/** Returns the modules that a build of esbuild put into its output. */
export const modulesOf = ({ outputs }) =>
  Object.values(outputs).flatMap(({ inputs }) =>
    Object.keys(inputs).filter((module) => inputs[module].bytesInOutput > 0),
  );

export class Licenses {
  #folders = new Set();
  #parts;

  constructor({ hasLanguages }) {
    this.#parts = [...ALWAYS, ...data(), ...(hasLanguages ? [languages()] : [])];
    // Styles name its file, which is therefore not a module.
    this.add([path.join(root, 'node_modules/@fontsource-variable/archivo/package.json')]);
  }

  /** Returns a plugin for Vite, which notes the packages in each chunk. */
  plugin() {
    return {
      name: 'licenses',
      renderChunk: (_, chunk) => {
        this.add(chunk.moduleIds);
        return null;
      },
    };
  }

  /** Notes the packages of modules, which are given by paths. */
  add(modules) {
    for (const module of modules.flatMap((module) => [module, ...modulesIn(module)])) {
      const folder = folderOf(module);
      if (folder !== undefined) this.#folders.add(path.resolve(root, folder));
    }
  }

  /** Returns the text of all licences. */
  text() {
    const packages = [...this.#folders].map(licenseOf);
    const all = [...this.#parts, ...packages].sort(([a], [b]) => (a.toLowerCase() < b.toLowerCase() ? -1 : 1));
    const entries = all.map(([title, text]) => `${'-'.repeat(80)}\n${title}\n\n${text}\n`);
    return `signalbox, Apache-2.0\n\n${apache()}\n\nIt contains the following.\n\n${entries.join('\n')}`;
  }
}
