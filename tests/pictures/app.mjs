// The pictures that stand for the site elsewhere: icons of an installed app and of the extension, and the preview of a link.
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { root } from '../../scripts/setup.mjs';

const target = path.join(root, 'web/site/app');
const extensionIcons = path.join(root, 'web/extension/public/icons');
const icon = readFileSync(path.join(root, 'web/site/icon.svg'), 'utf8');
const font = readFileSync(
  path.join(root, 'node_modules/@fontsource-variable/archivo/files/archivo-latin-wght-normal.woff2'),
).toString('base64');

/** The plate's colour, which a maskable icon has up to its edge, and its sign smaller, since shapes cut the edge off. */
const PLATE = /fill="(#\w+)"/.exec(icon)[1];
const MASKED = 0.72;

const withSize = (size) => icon.replace('<svg ', `<svg width="${size}" height="${size}" `);

/** Pages of the icons: the sign alone, or on a plate that fills the picture. */
const iconPage = (size, isFull) =>
  isFull
    ? `<body style="margin:0;background:${PLATE};display:grid;place-items:center;height:${size}px">${withSize(MASKED * size)}</body>`
    : `<body style="margin:0">${withSize(size)}</body>`;

const PREVIEW = { width: 1200, height: 630 };

const previewPage = `<!doctype html><style>
  @font-face { font-family: Archivo; font-weight: 100 900; src: url(data:font/woff2;base64,${font}) }
  body { margin: 0; width: ${PREVIEW.width}px; height: ${PREVIEW.height}px; overflow: hidden; position: relative;
    background: ${PLATE}; color: #f4f2ec; font-family: Archivo; }
  .words { position: absolute; left: 80px; top: 64px; width: 700px }
  p { margin: 0; font-size: 36px; line-height: 1.35; color: #b6c0ca }
  p.name { font-weight: 700; color: #f4f2ec }
  h1 { margin: 48px 0 32px; font-size: 76px; line-height: 1.02; letter-spacing: -.024em; font-weight: 680 }
  svg { position: absolute; right: 56px; top: 128px }
</style><div class="words"><p class="name">signalbox</p><h1>Send each prompt to the model that is worth it</h1>
<p>An open-source router for language models,<br>in the browser and in Node.js.</p></div>
<svg viewBox="3 4 26 22" width="400" height="338">
  <path d="M5.5 17.5a10.5 10.5 0 0 1 21 0" fill="none" stroke="#8c9aa8" stroke-width="2.2" stroke-linecap="round"/>
  <circle cx="16" cy="17.5" r="7" fill="#2ccb6d"/></svg>`;

const PICTURES = [
  { name: 'icon-180.png', width: 180, html: iconPage(180, true) },
  { name: 'icon-192.png', width: 192, html: iconPage(192, false), isClear: true },
  { name: 'icon-512.png', width: 512, html: iconPage(512, false), isClear: true },
  { name: 'maskable-512.png', width: 512, html: iconPage(512, true) },
  { name: 'preview.png', ...PREVIEW, html: previewPage },
  ...[16, 32, 48, 128].map((size) => ({
    folder: extensionIcons,
    name: `${size}.png`,
    width: size,
    html: iconPage(size, false),
    isClear: true,
  })),
];

/** Draws all of them with an open browser of Playwright. */
export async function drawApp(browser) {
  const page = await browser.newPage();
  for (const { folder = target, name, width, height = width, html, isClear = false } of PICTURES) {
    await page.setViewportSize({ width, height });
    await page.setContent(html);
    await page.evaluate('document.fonts.ready');
    writeFileSync(path.join(folder, name), await page.screenshot({ omitBackground: isClear }));
  }
  await page.close();
}
