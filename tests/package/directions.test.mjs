// Each rule about the direction of dependencies finds what breaks it, and names file, line and rule.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { FORBIDDEN_LINES, lineViolations, packageViolations, ROOMS } from '../../scripts/directions.mjs';

const MANIFEST = {
  exports: {
    '.': { types: './dist/index.d.ts', default: './dist/index.js' },
    './worker-entry': { types: './dist/worker-entry.d.ts', default: './dist/worker-entry.js' },
    './signalbox.wasm': './dist/signalbox.wasm',
  },
  imports: {
    '#platform': { node: './dist/files/platform-node.js', default: './dist/files/platform-web.js' },
    '#csv': { node: 'csv-parse', default: 'csv-parse/browser/esm' },
    '#swapped': { node: './dist/files/platform-web.js', default: './dist/files/platform-node.js' },
  },
  bin: { signalbox: './dist/cli.js' },
};

/** A package that keeps all rules. */
const GOOD = {
  'index.ts': `/**
 * The package.
 *
 *     import { Router } from 'signalbox';
 */

// Routing.
export { Router } from './routing/router.js';
export type {
  Decision,
} from './types.js';
export * from './errors.js';
`,
  'worker-entry.ts': "import { serve } from './routing/router.js';\nserve();\n",
  'cli.ts':
    "import { readFile } from 'node:fs/promises';\nimport { Router } from './index.js';\nimport './cli/text.js';\n",
  'types.ts': 'export interface Decision {}\n',
  'errors.ts': "export class SignalboxError extends Error {}\nexport const NAME = 'from';\n",
  'files/sources.ts': "import { open } from '#platform';\nimport { parse } from '#csv';\nimport '../errors.js';\n",
  'files/platform-web.ts': 'export const open = fetch;\n',
  'files/platform-node.ts': "import 'node:fs';\nimport './platform-web.js';\nimport './disk/npy.js';\n",
  'files/disk/npy.ts': "import { open } from 'node:fs/promises';\nimport '../../errors.js';\nimport '../sources.js';\n",
  'routing/router.ts':
    "import type { Decision } from '../types.js';\nimport '../files/sources.js';\nimport './words.js';\n",
  'routing/words.ts': '// import { x } from "../cli/text.js";\n',
  'cli/text.ts': "import process from 'node:process';\nimport '../routing/router.js';\nimport 'commander';\n",
};

const violationsWith = (more) => packageViolations({ ...GOOD, ...more }, MANIFEST);

it('a package that keeps the rules has no violation', () => {
  assert.deepEqual(violationsWith({}), []);
});

it('a room names rooms that stand before it only', () => {
  // The root stands above the rooms; only the last of them, the command, knows it.
  const names = ['the root', ...Object.keys(ROOMS)];
  assert.deepEqual(
    Object.keys(ROOMS).filter((room) => ROOMS[room].includes('the root')),
    ['cli'],
  );
  assert.equal(names.at(-1), 'cli');
  for (const [i, [room, lower]] of Object.entries(ROOMS).entries()) {
    for (const name of lower) assert.ok(names.indexOf(name) >= 0 && names.indexOf(name) <= i, `${room} names ${name}`);
  }
});

describe('a violation in the package', () => {
  for (const [what, file, text, expected] of [
    [
      'an import of a higher room',
      'files/sources.ts',
      "import '../errors.js';\nimport { Router } from '../routing/router.js';\n",
      /^bindings\/ts\/files\/sources\.ts:2: files imports routing\/router\.ts, but may not know routing$/,
    ],
    [
      'an import of a type, over several lines',
      'routing/words.ts',
      "\nimport type {\n  Text,\n} from '../cli/text.js';\n",
      [/words\.ts:4: .*cli\/text\.ts, which is Node-only/, /words\.ts:4: routing imports .*may not know cli$/],
    ],
    [
      'an import that waits',
      'routing/words.ts',
      "const load = () => import('../evaluation/engine.js');\n",
      /words\.ts:1: routing imports evaluation\/engine\.ts, but may not know evaluation$/,
    ],
    [
      'an export from elsewhere',
      'files/sources.ts',
      "export { route } from '../routing/router.js';\n",
      /sources\.ts:1: files imports routing\/router\.ts, but may not know routing$/,
    ],
    [
      'a room that knows an entry',
      'routing/words.ts',
      "import { Router } from '../index.js';\n",
      /words\.ts:1: routing imports index\.ts, but may not know the root$/,
    ],
    [
      'a vocabulary that knows a room',
      'types.ts',
      "import type { Source } from './files/sources.js';\n",
      /types\.ts:1: vocabulary imports files\/sources\.ts, but may not know files$/,
    ],
    [
      'a room that the table does not have',
      'helpers/all.ts',
      'export {};\n',
      /^bindings\/ts\/helpers\/all\.ts:1: helpers is not a room/,
    ],
    [
      'a file at the root that is not an entry',
      'helpers.ts',
      'export {};\n',
      /helpers\.ts:1: the root holds the entries/,
    ],
    [
      'a file for pages that imports a part of Node',
      'routing/words.ts',
      "import path from 'node:path';\n",
      /words\.ts:1: a file that pages load imports node:path$/,
    ],
    [
      'an entry for pages that imports a part of Node',
      'worker-entry.ts',
      "import 'node:worker_threads';\n",
      /worker-entry\.ts:1: a file that pages load imports node:worker_threads$/,
    ],
    [
      'a file for pages that imports a Node-only one',
      'files/sources.ts',
      "import './disk/npy.js';\nimport './platform-node.js';\n",
      [
        /sources\.ts:1: .*files\/disk\/npy\.ts, which is Node-only$/,
        /sources\.ts:2: .*platform-node\.ts, which is Node/,
      ],
    ],
    [
      'an import by condition whose half for pages is Node-only',
      'files/sources.ts',
      "import '#swapped';\n",
      /sources\.ts:1: .*platform-node\.ts, which is Node-only$/,
    ],
    [
      'an import by a condition that nobody defines',
      'files/sources.ts',
      "import '#nothing';\n",
      /sources\.ts:1: package\.json does not name #nothing$/,
    ],
    [
      'an import from outside the package',
      'cli/text.ts',
      "\n\nimport '../../../tests/package/support/fixtures.mjs';\n",
      /cli\/text\.ts:3: the package imports .*fixtures\.mjs, which is not part of it$/,
    ],
  ]) {
    it(`is ${what}`, () => {
      const found = violationsWith({ [file]: text });
      const patterns = [expected].flat();
      assert.equal(found.length, patterns.length, found.join('\n'));
      for (const [i, pattern] of patterns.entries()) assert.match(found[i], pattern);
    });
  }
});

describe('a forbidden line', () => {
  /** For each rule, in its order, lines that break it. */
  const BROKEN = [
    ['#include "handles.h"', '#include <emscripten/bind.h>'],
    ['#include <chrono>', '#include <fstream>'],
    ['#include "planning/plan.h"', '#include "building/index_builder.h"'],
    ['#include "building/index_builder.h"', '#include "evaluation/held_out.h"'],
    ['#include "../web/x.h"'],
    ["import { Router } from '../../bindings/ts/index.js';"],
    ["import { x } from '../site/state';", "const y = import('../extension/y');"],
    ["import { x } from '../extension/x';"],
    ["import { x } from './map/x.js';"],
    ["import { x } from '../state.js';"],
    ["import { x } from '../site/x';"],
  ];
  assert.equal(BROKEN.length, FORBIDDEN_LINES.length);
  for (const [i, { files, rule }] of FORBIDDEN_LINES.entries()) {
    it(`is found: ${rule}`, () => {
      const [pattern] = files;
      const file = pattern.replace('*', 'some/file');
      const text = ['// A comment.', ...BROKEN[i]].join('\n');
      const found = lineViolations(
        (...patterns) => (patterns.includes(pattern) && patterns.length === files.length ? [file] : []),
        () => text,
      ).filter((line) => line.includes(rule));
      assert.deepEqual(
        found,
        BROKEN[i].map((line, n) => `${file}:${n + 2}: ${rule}: ${line}`),
      );
    });
  }
});
