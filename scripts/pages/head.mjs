// The heads of the pages: what they tell browsers, search engines and previews of links. Also the manifest and the map of the site.
import { createHash } from 'node:crypto';
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { root } from '../setup.mjs';

/** Pictures that `npm run pictures` makes. */
const PICTURES = path.join(root, 'web/site/app');

export const MANIFEST = 'manifest.webmanifest';

/** The colours of the page, as tokens.css has them: browsers take no variables here. */
const PAPER = { light: '#fbfaf5', dark: '#0e1319' };

const SITE = 'signalbox';

export const escaped = (text) => String(text).replace(/[&<>"']/g, (sign) => `&#${sign.codePointAt(0)};`);

/** Copies a picture to the site; returns its address, which contains its hash. */
function copyPicture(target, name) {
  const file = path.join(PICTURES, name);
  const hash = createHash('sha256').update(readFileSync(file)).digest('hex').slice(0, 8);
  const { name: stem, ext } = path.parse(name);
  const address = `assets/app-${stem}-${hash}${ext}`;
  cpSync(file, path.join(target, address));
  return address;
}

/** Writes the manifest and the pictures; returns the addresses that pages name. */
export function writeApp(target) {
  const [small, large, maskable] = ['icon-192.png', 'icon-512.png', 'maskable-512.png'].map((name) =>
    copyPicture(target, name),
  );
  const manifest = {
    name: SITE,
    short_name: SITE,
    description: 'Finds the language model that should answer a prompt.',
    start_url: './',
    scope: './',
    display: 'standalone',
    background_color: PAPER.light,
    theme_color: PAPER.light,
    icons: [
      { src: small, sizes: '192x192', type: 'image/png' },
      { src: large, sizes: '512x512', type: 'image/png' },
      { src: maskable, sizes: '512x512', type: 'image/png', purpose: 'maskable' },
    ],
  };
  writeFileSync(path.join(target, MANIFEST), `${JSON.stringify(manifest, null, 2)}\n`);
  return { touchIcon: copyPicture(target, 'icon-180.png'), preview: copyPicture(target, 'preview.png') };
}

const meta = (key, name, content) => `<meta ${key}="${name}" content="${escaped(content)}" />`;

/**
 * Returns the tags of a page. `home` is the relative address of the site's folder. Without `url`, the address at which the
 * site will be, addresses stay relative and there is no canonical one.
 */
function tagsOf({ title, description, file }, { home, url, app }) {
  const absolute = (address) => (url === undefined ? `${home}${address}` : new URL(address, url).href);
  const own = file.replace(/(^|\/)index\.html$/, '$1');
  const placed =
    url === undefined
      ? []
      : [`<link rel="canonical" href="${escaped(absolute(own))}" />`, meta('property', 'og:url', absolute(own))];
  return [
    ...placed,
    `<link rel="manifest" href="${home}${MANIFEST}" />`,
    `<link rel="apple-touch-icon" href="${home}${app.touchIcon}" />`,
    `<meta name="theme-color" media="(prefers-color-scheme: light)" content="${PAPER.light}" />`,
    `<meta name="theme-color" media="(prefers-color-scheme: dark)" content="${PAPER.dark}" />`,
    meta('property', 'og:type', 'website'),
    meta('property', 'og:site_name', SITE),
    meta('property', 'og:title', title),
    meta('property', 'og:description', description),
    meta('property', 'og:image', absolute(app.preview)),
    meta('property', 'og:image:width', 1200),
    meta('property', 'og:image:height', 630),
    meta(
      'property',
      'og:image:alt',
      'A signal with a green lamp, beside the words: send each prompt to the model that is worth it',
    ),
    meta('name', 'twitter:card', 'summary_large_image'),
  ];
}

/** Puts the tags of a page into its head, and allows it to load the manifest. */
export function withHead(html, page, site) {
  return html
    .replace(/(Content-Security-Policy"\s*content="[^"]*?style-src 'self')/, "$1; manifest-src 'self'")
    .replace(
      '</head>',
      () =>
        `${tagsOf(page, site)
          .map((tag) => `  ${tag}\n  `)
          .join('')}</head>`,
    );
}

/** Writes what search engines read, which needs absolute addresses. */
export function writeMapOfSite(target, files, url) {
  const addresses = files.map((file) => new URL(file.replace(/(^|\/)index\.html$/, '$1'), url).href);
  const entries = addresses.map((address) => `  <url><loc>${escaped(address)}</loc></url>\n`).join('');
  const start =
    '<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n';
  writeFileSync(path.join(target, 'sitemap.xml'), `${start}${entries}</urlset>\n`);
  writeFileSync(
    path.join(target, 'robots.txt'),
    `User-agent: *\nAllow: /\n\nSitemap: ${new URL('sitemap.xml', url).href}\n`,
  );
}
