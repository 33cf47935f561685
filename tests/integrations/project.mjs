// Projects that use the package beside a framework: each installs what its lock file names, once for each state of it.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { root } from '../../scripts/setup.mjs';
import { madeOnce } from '../web/made-once.mjs';

/** Errors of npm that mean: there is no registry here. */
const NO_REGISTRY = /\b(ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH)\b/;

function install(source, folder) {
  cpSync(source, folder, { recursive: true });
  const options = { cwd: folder, encoding: 'utf8', stdio: 'pipe' };
  execFileSync('npm', ['ci', '--no-audit', '--no-fund', '--prefer-offline'], options);
}

/** Puts the package as it is now into the project: a link would not find the project's own packages. */
function addPackage(folder) {
  const place = path.join(folder, 'node_modules/signalbox');
  rmSync(place, { recursive: true, force: true });
  for (const name of ['package.json', 'dist'])
    cpSync(path.join(root, name), path.join(place, name), { recursive: true });
}

/** Installs a project of this folder and imports its `entry.mjs`; `undefined` if the registry does not answer. */
export async function installedProject(name) {
  const source = path.join(root, 'tests/integrations', name);
  const hash = createHash('sha256');
  for (const file of readdirSync(source).sort()) hash.update(file).update(readFileSync(path.join(source, file)));
  try {
    const folder = await madeOnce(`${name}-project`, hash.digest('hex').slice(0, 16), (made) => install(source, made));
    addPackage(folder);
    return { folder, ...(await import(pathToFileURL(path.join(folder, 'entry.mjs')).href)) };
  } catch (error) {
    if (NO_REGISTRY.test(`${error.stderr}`)) return undefined;
    throw error;
  }
}
