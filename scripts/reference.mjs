// `npm run docs`: writes the API reference to build/reference, which `npm run build:site` then publishes with the site.
// TypeDoc does not take the TypeScript that compiles the package, so docs/reference has its own, which is installed on demand.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { pathToFileURL } from 'node:url';
import { root, setUp } from './setup.mjs';

const tools = path.join(root, 'docs/reference');
export const REFERENCE = path.join(root, 'build/reference');

const say = (message) => console.error(`signalbox docs: ${message}`);

const manifestOf = (folder) => JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8'));

/** Returns whether the tools are installed in the versions that the manifest names. */
function isInstalled() {
  return Object.entries(manifestOf(tools).devDependencies).every(([name, version]) => {
    const folder = path.join(tools, 'node_modules', name);
    return existsSync(folder) && manifestOf(folder).version === version;
  });
}

function install() {
  if (isInstalled()) return;
  say('installing TypeDoc in docs/reference');
  const args = ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--prefer-offline', '--loglevel=error'];
  const { status, stderr } = spawnSync('npm', args, { cwd: tools, encoding: 'utf8' });
  if (status !== 0) throw new Error(`TypeDoc could not be installed, which needs a registry of npm:\n${stderr.trim()}`);
}

/** Runs TypeDoc on the entries of the package. */
async function generate(target) {
  // Needs the installed packages.
  const { entryFiles } = await import('./public-names.mjs');
  const entries = [...entryFiles().values()].map((file) => path.join(root, file));
  const typedoc = path.join(tools, 'node_modules/typedoc/bin/typedoc');
  const args = [typedoc, '--options', path.join(tools, 'typedoc.json'), '--out', target, '--logLevel', 'Warn'];
  const { status } = spawnSync(process.execPath, [...args, ...entries], { cwd: tools, stdio: ['ignore', 2, 2] });
  if (status !== 0) throw new Error(`TypeDoc failed (exit ${status})`);
}

/** No icon: browsers would ask the host for one. */
const ICON = '<link rel="icon" href="data:,"/>';

const INLINE = /<script>([\s\S]*?)<\/script>/g;

/** The hash of nothing: TypeDoc's script adds a style without rules, for filters that are not offered. */
const EMPTY = "'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='";

/**
 * Returns a page of TypeDoc with the site's content security policy, links to the site, and blocks that scroll by keys.
 * TypeDoc has one script in the page, which the policy allows by its hash.
 */
export function adapted(html) {
  const base = /data-base="([^"]*)"/.exec(html)?.[1] ?? './';
  const hashes = new Set(
    [...html.matchAll(INLINE)].map(([, script]) => `'sha256-${createHash('sha256').update(script).digest('base64')}'`),
  );
  const policy = [
    "default-src 'none'",
    ["script-src 'self'", ...hashes].join(' '),
    "connect-src 'self'",
    `style-src 'self' ${EMPTY}`,
    "img-src 'self' data:",
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  const links = [
    ['../docs/index.html', 'Documents'],
    ['../index.html', 'Demo'],
  ].map(([address, text]) => `<a href="${base}${address}">${text}</a>`);
  return html
    .replace(
      /<meta charset="utf-8"\/?>/i,
      (tag) => `${tag}<meta http-equiv="Content-Security-Policy" content="${policy}"/>${ICON}`,
    )
    .replace('<div id="tsd-toolbar-links">', (tag) => tag + links.join(''))
    .replaceAll('<pre>', '<pre tabindex="0">');
}

/** Returns the tokens of the site's style without its typeface, which the reference does not load. */
const tokens = () =>
  readFileSync(path.join(root, 'web/shared/tokens.css'), 'utf8').replace(/@font-face \{[\s\S]*?\n\}\n/g, '');

/** Writes the reference to a folder. */
export async function buildReference(target = REFERENCE) {
  install();
  rmSync(target, { recursive: true, force: true });
  await generate(target);
  const style = readFileSync(path.join(tools, 'reference.css'), 'utf8');
  writeFileSync(path.join(target, 'assets/custom.css'), tokens() + style);
  for (const name of readdirSync(target, { recursive: true }).filter((file) => file.endsWith('.html'))) {
    const file = path.join(target, name);
    const html = readFileSync(file, 'utf8').replace(
      /(<link rel="stylesheet" href="([^"]*)assets\/highlight\.css"\/>)(?!<link[^>]*custom)/,
      '$1<link rel="stylesheet" href="$2assets/custom.css"/>',
    );
    writeFileSync(file, adapted(html));
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  try {
    setUp('build');
    await buildReference();
    say('wrote build/reference; npm run build:site publishes it');
  } catch (error) {
    say(error.message);
    process.exitCode = 1;
  }
}
