// `npm run pictures`: draws the states of the site and the extension into build/pictures, with a page that shows them all,
// and copies those that the documents show to docs/pictures.
//   npm run pictures -- --only plan,map   some states (names in tests/pictures/site.mjs), or `extension`, or `app`
//   npm run pictures -- --shown           only those that the documents show
// `app`: the icons of the installed site and of the extension, and the preview of links. They are drawn only when named.
import { copyFileSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { root, setUp } from './setup.mjs';
import { serveFolder } from './site.mjs';

const folder = path.join(root, 'build/pictures');
const shownFolder = path.join(root, 'docs/pictures');

/** Pictures of the documents, by the pictures that they are copies of. */
const SHOWN = {
  'answered-1280-light.png': 'demo.png',
  'plan-1280-light.png': 'plan.png',
  'cost-768-light.png': 'cost.png',
  'map-768-light.png': 'map.png',
  'model-1280-light.png': 'model.png',
  'card-light.png': 'extension.png',
  'panel-light.png': 'panel.png',
  'badge-dark.png': 'badge.png',
};

/** All that is committed of them, in bytes: every clone has every version. */
const MOST_BYTES = 1_500_000;

// The set-up installs what the modules of tests import, so they are imported after it.

/** Runs `draw` with Chromium, as Playwright has it. */
async function inChromium(draw) {
  const { openBrowser } = await import('../tests/web/browsers.mjs');
  const chromium = await openBrowser('chromium');
  try {
    const page = await chromium.newPage();
    return await draw(page.raw.context().browser());
  } finally {
    await chromium.close();
  }
}

async function drawSiteInto(isWanted) {
  const { drawSite } = await import('../tests/pictures/site.mjs');
  const { builtSite } = await import('../tests/web/built-once.mjs');
  const server = await serveFolder(await builtSite(), 0);
  const origin = `http://127.0.0.1:${server.address().port}/`;
  try {
    return await inChromium((browser) => drawSite(browser, origin, folder, isWanted));
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

/** Writes a page with all pictures in the folder. */
function writeSheet() {
  const figures = readdirSync(folder)
    .filter((name) => name.endsWith('.png'))
    .sort()
    .map(
      (name) =>
        `<figure><a href="${name}"><img src="${name}" alt="" loading="lazy"></a><figcaption>${name}</figcaption></figure>`,
    );
  const style =
    'body{font:14px sans-serif;display:flex;flex-wrap:wrap;gap:16px}figure{margin:0;width:300px}img{max-width:100%;max-height:400px;border:1px solid #888}';
  writeFileSync(
    path.join(folder, 'index.html'),
    `<!doctype html><title>Pictures</title><style>${style}</style>${figures.join('\n')}\n`,
  );
}

function copyShown(files) {
  let bytes = 0;
  for (const [name, copy] of Object.entries(SHOWN)) {
    const target = path.join(shownFolder, copy);
    if (files.includes(name)) copyFileSync(path.join(folder, name), target);
    bytes += statSync(target, { throwIfNoEntry: false })?.size ?? 0;
  }
  console.error(`signalbox pictures: docs/pictures takes ${bytes.toLocaleString('en')} bytes`);
  if (bytes > MOST_BYTES) throw new Error(`docs/pictures takes ${bytes} bytes, expected at most ${MOST_BYTES}`);
}

/** Returns the test for names of pictures that the arguments ask for. */
function wantedBy({ only, shown }) {
  const names = only?.split(',');
  return (file) =>
    (names === undefined || names.some((name) => file.startsWith(`${name}-`))) &&
    (!shown || Object.hasOwn(SHOWN, file));
}

try {
  const { values } = parseArgs({ options: { only: { type: 'string' }, shown: { type: 'boolean', default: false } } });
  setUp('all');
  mkdirSync(folder, { recursive: true });
  if (values.only === 'app') {
    const { drawApp } = await import('../tests/pictures/app.mjs');
    await inChromium(drawApp);
  } else {
    const site = await drawSiteInto(wantedBy(values));
    const hasExtension = values.only === undefined || values.only.split(',').includes('extension');
    const { drawExtension } = await import('../tests/pictures/extension.mjs');
    const files = [...site, ...(hasExtension ? await drawExtension(folder) : [])];
    if (files.length === 0) throw new Error(`got '${values.only}' for --only, expected names of states`);
    writeSheet();
    copyShown(files);
    console.error(`signalbox pictures: ${files.length} drawn, all of them on ${path.join(folder, 'index.html')}`);
  }
} catch (error) {
  console.error(`signalbox pictures: ${error.message}`);
  process.exitCode = 1;
}
