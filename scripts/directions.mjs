// The direction of dependencies: which part of the repository may import or include which.
import path from 'node:path';

/** Lines that a file must not have. Patterns are git's: `*` crosses folders. */
export const FORBIDDEN_LINES = [
  {
    files: ['src/*.cpp', 'src/*.h'],
    forbidden: /#include\s*[<"](emscripten|nlohmann|bindings|handles|lab|safetensors|\w*json\.h)/,
    rule: 'the core does not know its bindings',
  },
  {
    files: ['src/*.cpp', 'src/*.h'],
    forbidden: /#include\s*<(fstream|iostream|filesystem|chrono|thread|ctime)>/,
    rule: 'the core has no files, streams, clock or threads',
  },
  {
    files: ['src/kernels/*', 'src/index/*', 'src/routing/*'],
    forbidden: /#include\s*"(planning|building|evaluation)\//,
    rule: 'routing knows neither planning nor building nor evaluation',
  },
  {
    files: ['src/planning/*'],
    forbidden: /#include\s*"(building|evaluation)\//,
    rule: 'planning knows neither building nor evaluation',
  },
  {
    files: ['bindings/*.cpp', 'bindings/*.h'],
    forbidden: /#include\s*"(\.\.\/)?(web|tests)\//,
    rule: 'the bindings know neither web nor tests',
  },
  {
    files: ['web/*.ts', 'web/*.tsx'],
    forbidden: /from '[^']*(bindings|dist|src|tests)\//,
    rule: 'web uses the package by its public entries',
  },
  {
    files: ['web/shared/*'],
    forbidden: /(from|import\() ?'[^']*\/(site|extension)\//,
    rule: 'web/shared knows neither the site nor the extension',
  },
  {
    files: ['web/site/*'],
    forbidden: /(from|import\() ?'[^']*\/extension\//,
    rule: 'the site does not know the extension',
  },
  {
    files: ['web/site/state.ts'],
    forbidden: /(from|import\() ?'\.\/(benchmark|building|cost|embedder|map|task)\//,
    rule: "the site's state knows no section",
  },
  {
    files: ['web/site/kept/*'],
    forbidden: /(from|import\() ?'\.\.\/(?!\.\.\/shared\/)/,
    rule: "the site's storage does not know its state",
  },
  {
    files: ['web/extension/*'],
    forbidden: /(from|import\() ?'[^']*\/site\//,
    rule: 'the extension does not know the site',
  },
];

const PACKAGE = 'bindings/ts';

/** The rooms of the package, lowest first, and the lower rooms that each may import. `vendor` has the libraries of others. */
export const ROOMS = {
  vocabulary: [],
  vendor: [],
  files: ['vocabulary'],
  conversations: ['vocabulary'],
  workers: ['vocabulary', 'files'],
  wasm: ['vocabulary', 'files'],
  embedding: ['vocabulary', 'files', 'wasm'],
  onnx: ['vocabulary', 'vendor', 'files', 'workers', 'embedding'],
  routing: ['vocabulary', 'vendor', 'files', 'workers', 'conversations', 'wasm', 'embedding'],
  integrations: ['vocabulary', 'conversations'],
  importing: ['vocabulary', 'vendor', 'files'],
  building: ['vocabulary', 'files', 'workers', 'wasm', 'embedding', 'routing', 'importing'],
  planning: ['vocabulary', 'files', 'workers', 'wasm', 'embedding', 'routing', 'importing', 'building'],
  evaluation: ['vocabulary', 'vendor', 'files', 'wasm', 'routing', 'importing', 'building'],
  cli: [
    'the root',
    'vocabulary',
    'vendor',
    'files',
    'conversations',
    'wasm',
    'embedding',
    'onnx',
    'routing',
    'integrations',
    'importing',
    'building',
    'planning',
    'evaluation',
  ],
};

/** Files at the root that every room may import. The assets are addresses, which bundlers resolve from the root. */
const VOCABULARY = [
  'types.ts',
  'errors.ts',
  'options.ts',
  'kinds.ts',
  'policies.ts',
  'steps.ts',
  'abandoned.ts',
  'version.ts',
  'assets.ts',
  'lab-assets.ts',
  'root-node.ts',
];

/** Node-only files: the command, files that read or write disks, and the Node halves of `#` imports. */
const isNodeOnly = (file) => /^cli(\/|\.ts$)|(^|\/)disk\/|-node\.ts$/.test(file);

const sourceOf = (built) => built.replace(/^\.\/dist\//, '').replace(/(\.d)?\.js$|\.d\.ts$/, '.ts');

/** Imports and exports of a file, with the line of each. */
function importsOf(text) {
  const pattern = /^(?:import|export)\b[^;]*?\bfrom '([^']+)'|^import '([^']+)'|\bimport\('([^']+)'\)/gm;
  return [...text.matchAll(pattern)].map((found) => {
    const specifier = found[1] ?? found[2] ?? found[3];
    const at = found.index + found[0].lastIndexOf(`'${specifier}'`);
    return { specifier, line: text.slice(0, at).split('\n').length };
  });
}

/**
 * Returns the violations of the package's sources, as `file:line: rule`. `files` holds the text of each by its path below
 * bindings/ts, `manifest` is package.json: its `exports` and `bin` name the entries.
 */
export function packageViolations(files, manifest) {
  const built = Object.values(manifest.exports).flatMap((target) => target.default ?? []);
  const entries = new Set([...built, ...Object.values(manifest.bin)].map(sourceOf));
  const violations = [];
  const report = (file, line, rule) => violations.push(`${PACKAGE}/${file}:${line}: ${rule}`);

  const roomOf = (file) => {
    const [folder, ...below] = file.split('/');
    if (below.length > 0) return folder;
    return VOCABULARY.includes(file) ? 'vocabulary' : 'the root';
  };
  const checkPlace = (file) => {
    const room = roomOf(file);
    if (room === 'the root') {
      if (!entries.has(file)) report(file, 1, 'the root holds the entries of package.json and the vocabulary only');
    } else if (!Object.hasOwn(ROOMS, room)) report(file, 1, `${room} is not a room of scripts/directions.mjs`);
  };
  const checkImport = (file, { specifier, line }) => {
    if (specifier.startsWith('node:') && !isNodeOnly(file)) {
      report(file, line, `a file that pages load imports ${specifier}`);
    }
    // Of an import by condition the half for pages counts.
    const target = specifier.startsWith('#') ? manifest.imports[specifier]?.default : specifier;
    if (target === undefined) report(file, line, `package.json does not name ${specifier}`);
    if (!target?.startsWith('.')) return;
    const imported = specifier.startsWith('#') ? sourceOf(target) : sourceOf(path.join(path.dirname(file), target));
    if (imported.startsWith('..')) {
      report(file, line, `the package imports ${specifier}, which is not part of it`);
      return;
    }
    if (isNodeOnly(imported) && !isNodeOnly(file)) {
      report(file, line, `a file that pages load imports ${imported}, which is Node-only`);
    }
    const [from, to] = [roomOf(file), roomOf(imported)];
    if (from === 'the root' || from === to || ROOMS[from]?.includes(to)) return;
    report(file, line, `${from} imports ${imported}, but may not know ${to}`);
  };

  for (const [file, text] of Object.entries(files)) {
    checkPlace(file);
    for (const found of importsOf(text)) checkImport(file, found);
  }
  return violations;
}

/** Returns the violations of `FORBIDDEN_LINES`, as `file:line: rule: the line`. */
export function lineViolations(filesOf, textOf) {
  return FORBIDDEN_LINES.flatMap(({ files, forbidden, rule }) =>
    filesOf(...files).flatMap((file) =>
      textOf(file)
        .split('\n')
        .flatMap((line, i) => (forbidden.test(line) ? [`${file}:${i + 1}: ${rule}: ${line.trim()}`] : [])),
    ),
  );
}

/** Returns all violations in the repository: `filesOf` lists its files by git's patterns, `textOf` reads one. */
export function violations(filesOf, textOf) {
  const sources = filesOf(`${PACKAGE}/*.ts`, `${PACKAGE}/*.mts`);
  const files = Object.fromEntries(sources.map((file) => [path.relative(PACKAGE, file), textOf(file)]));
  return [...lineViolations(filesOf, textOf), ...packageViolations(files, JSON.parse(textOf('package.json')))];
}
