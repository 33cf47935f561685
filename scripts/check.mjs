// `npm run check`: formatting, lint, types and the direction of dependencies. `npm run format` mends what can be mended.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { configure, root, run, setUp } from './setup.mjs';

const WRITE = process.argv.includes('--write');

/** Files that git tracks or would track. */
function filesOf(...patterns) {
  const { stdout } = spawnSync('git', ['ls-files', '-co', '--exclude-standard', '--', ...patterns], { cwd: root });
  return stdout.toString().split('\n').filter(Boolean);
}

/** Who may include or import what: src <- bindings <- web; nothing but tests knows tests. */
const DIRECTIONS = [
  {
    files: ['src/*.cpp', 'src/*.h'],
    forbidden: /#include\s*[<"](emscripten|nlohmann|bindings|session|marshal|json\.h)/,
  },
  { files: ['src/*.cpp', 'src/*.h'], forbidden: /#include\s*<(fstream|iostream|filesystem|chrono|thread|ctime)>/ },
  { files: ['bindings/*.cpp', 'bindings/*.h'], forbidden: /#include\s*"(\.\.\/)?(web|tests)\// },
  { files: ['bindings/ts/*.ts'], forbidden: /(from|import\() ?'(\.\.\/\.\.\/|.*\/(web|tests|scripts)\/)/ },
  { files: ['web/*.ts', 'web/*.tsx'], forbidden: /from '[^']*(bindings|dist|src|tests)\// },
  // What the site and the extension share knows neither.
  { files: ['web/shared/*'], forbidden: /(from|import\() ?'[^']*\/(site|extension)\// },
  { files: ['web/site/*'], forbidden: /(from|import\() ?'[^']*\/extension\// },
  // The site's state knows no section, and its storage not even the state.
  { files: ['web/site/state.ts'], forbidden: /(from|import\() ?'\.\/(benchmark|building|cost|embedder|map|task)\// },
  { files: ['web/site/kept/*'], forbidden: /(from|import\() ?'\.\.\/(?!\.\.\/shared\/)/ },
  { files: ['web/extension/*'], forbidden: /(from|import\() ?'[^']*\/site\// },
];

function checkDirections() {
  const broken = DIRECTIONS.flatMap(({ files, forbidden }) =>
    filesOf(...files).flatMap((file) => {
      const lines = readFileSync(path.join(root, file), 'utf8').split('\n');
      return lines.flatMap((line, i) => (forbidden.test(line) ? [`${file}:${i + 1}: ${line.trim()}`] : []));
    }),
  );
  if (broken.length > 0) throw new Error(`the direction of dependencies is broken:\n${broken.join('\n')}`);
}

function tidy() {
  configure('build/native', ['-DCMAKE_BUILD_TYPE=Release']);
  const sources = filesOf('src/*.cpp', 'bindings/*.cpp').filter((file) => !/^bindings\/embind/.test(file));
  // A few files at a time on every core.
  const tidyFew = ['clang-tidy', '-p', 'build/native', '--quiet', '--warnings-as-errors=*'];
  const options = { input: sources.join('\n'), stdio: ['pipe', 2, 2] };
  run('xargs', ['-P', String(availableParallelism()), '-n', '4', ...tidyFew], options);
}

function check() {
  setUp('all');
  const cxx = filesOf('*.cpp', '*.h');
  run('clang-format', WRITE ? ['-i', ...cxx] : ['--dry-run', '-Werror', ...cxx]);
  run('npx', ['biome', 'check', ...(WRITE ? ['--write'] : ['--error-on-warnings'])]);
  if (WRITE) return;
  run('npx', ['tsc', '-p', '.', '--noEmit']);
  run('npx', ['tsc', '-p', 'web']);
  run('npx', ['tsc', '-p', 'web/extension']);
  checkDirections();
  tidy();
  console.error('signalbox check: clean');
}

try {
  check();
} catch (error) {
  console.error(`signalbox check: ${error.message}`);
  process.exitCode = 1;
}
