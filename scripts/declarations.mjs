// Removes the declarations that no entry of the package reaches, and checks that the others need no library that users do
// not have.
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const dist = path.join(root, 'dist');
const manifest = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));

const declarationOf = (file) => file.replace(/(?:\.d)?\.([mc]?)[jt]s$/, '.d.$1ts');

/** Returns the declaration that a specifier names in a file; `undefined` for another package. */
function resolved(specifier, from) {
  if (specifier.startsWith('.')) return declarationOf(path.resolve(path.dirname(from), specifier));
  const target = manifest.imports[specifier]?.types;
  return target === undefined ? undefined : path.join(root, target);
}

const IMPORT = /^(?:import|export)\b[^;]*?\bfrom '([^']+)'|^import '([^']+)'|\bimport\(["']([^"']+)["']\)/gm;

const available = new Set([...Object.keys(manifest.dependencies), ...Object.keys(manifest.peerDependencies)]);
const packageOf = (specifier) => /^(@[^/]+\/)?[^/]+/.exec(specifier)[0];

const entries = Object.values(manifest.exports).flatMap(({ types }) =>
  types === undefined ? [] : path.join(root, types),
);
const reached = new Set(entries);
for (const file of reached) {
  const text = readFileSync(file, 'utf8').replace(/\/\*[\s\S]*?\*\//g, '');
  for (const found of text.matchAll(IMPORT)) {
    const specifier = found[1] ?? found[2] ?? found[3];
    const target = resolved(specifier, file);
    if (target !== undefined) reached.add(target);
    else if (!available.has(packageOf(specifier))) {
      throw new Error(`${path.relative(root, file)} imports ${specifier}, which users of the package do not have`);
    }
  }
}
for (const entry of readdirSync(dist, { recursive: true, withFileTypes: true })) {
  const file = path.join(entry.parentPath, entry.name);
  if (/\.d\.[mc]?ts$/.test(entry.name) && !reached.has(file)) rmSync(file);
}
