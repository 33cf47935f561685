// The header and the footer of the site's pages, which are the same on all of them.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { root } from './setup.mjs';

/** PLACEHOLDER: used until package.json names the repository. */
const NO_REPOSITORY = 'https://github.com/OWNER/signalbox';

/** Returns the address of the repository, as package.json names it. */
export function repository() {
  const { repository: named } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));
  const url = typeof named === 'string' ? named : named?.url;
  return (url ?? NO_REPOSITORY).replace(/^git\+/, '').replace(/\.git$/, '');
}

/**
 * Returns HTML with its comments `<!-- header -->` and `<!-- footer -->` replaced. `home` is the relative address of the site's
 * folder: `./`, or `../` for a page one folder down. Without the API reference on the site, links to it lead to the README.
 */
export function framed(html, home = './', hasReference = false) {
  const source = repository();
  const reference = hasReference ? `${home}reference/index.html` : `${source}#readme`;
  const values = { '{home}': home, '{repository}': source, '{reference}': reference };
  const part = (_, indent, name) =>
    readFileSync(path.join(root, 'web/site/frame', `${name}.html`), 'utf8')
      .trimEnd()
      .replace(/^/gm, indent);
  return html
    .replace(/^([ \t]*)<!-- (header|footer) -->/gm, part)
    .replace(/\{(?:home|repository|reference)\}/g, (name) => values[name]);
}

/**
 * Puts the frame around the pages that Vite builds, before it looks for their files, and fetches the typeface early. The
 * parameters are those of `framed`.
 */
export const frame = (home = './', hasReference = false) => [
  {
    name: 'signalbox-frame',
    transformIndexHtml: { order: 'pre', handler: (html) => framed(html, home, hasReference) },
  },
  {
    name: 'signalbox-font',
    transformIndexHtml: {
      order: 'post',
      handler: (_, { bundle = {} }) =>
        Object.keys(bundle)
          .filter((file) => file.endsWith('.woff2'))
          .map((file) => ({
            tag: 'link',
            attrs: { rel: 'preload', as: 'font', type: 'font/woff2', href: `${home}${file}`, crossorigin: '' },
            injectTo: 'head-prepend',
          })),
    },
  },
];
