// Projects that use the package beside a framework: each installs what its lock file names, once for each state of it.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { root } from '../../scripts/setup.mjs';
import { madeOnce } from '../web/made-once.mjs';

/** Errors of npm that mean: there is no registry here. */
const NO_REGISTRY = /\b(ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH)\b/;

const PACKAGE = ['package.json', 'dist'];

/** Returns a hash of the names and contents of files and folders. */
function hashOf(...places) {
  const hash = createHash('sha256');
  for (const place of places) {
    const names = statSync(place).isDirectory() ? readdirSync(place, { recursive: true }).sort() : [''];
    const files = names.map((name) => path.join(place, name)).filter((file) => statSync(file).isFile());
    for (const file of files) hash.update(`${path.relative(place, file)}\0`).update(readFileSync(file));
  }
  return hash.digest('hex').slice(0, 16);
}

function install(source, folder) {
  for (const name of ['package.json', 'package-lock.json']) cpSync(path.join(source, name), path.join(folder, name));
  const options = { cwd: folder, encoding: 'utf8', stdio: 'pipe' };
  execFileSync('npm', ['ci', '--no-audit', '--no-fund', '--prefer-offline'], options);
}

/** Puts a project's files and the package, as it is now, beside each other. A link would not find the project's packages. */
function assemble(source, folder) {
  cpSync(source, folder, { recursive: true });
  const place = path.join(folder, 'node_modules/signalbox');
  for (const name of PACKAGE) cpSync(path.join(root, name), path.join(place, name), { recursive: true });
}

/** Installs a project of this folder and imports its `entry.mjs`; `undefined` if the registry does not answer. */
export async function installedProject(name) {
  const source = path.join(root, 'tests/integrations', name);
  try {
    const packages = await madeOnce(`${name}-packages`, hashOf(path.join(source, 'package-lock.json')), (made) =>
      install(source, made),
    );
    const state = hashOf(source, ...PACKAGE.map((part) => path.join(root, part)));
    const folder = await madeOnce('project', state, (made) => assemble(source, made), packages);
    return { folder, ...(await import(pathToFileURL(path.join(folder, 'entry.mjs')).href)) };
  } catch (error) {
    if (NO_REGISTRY.test(`${error.stderr}`)) return undefined;
    throw error;
  }
}
