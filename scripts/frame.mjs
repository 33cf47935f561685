// The header and the footer of the site's pages, which are the same on all of them.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { root } from './setup.mjs';

/** PLACEHOLDER: used until package.json names the repository. */
const NO_REPOSITORY = 'https://github.com/OWNER/signalbox';

/** Returns the address of the repository, as package.json names it. */
function repository() {
  const { repository: named } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));
  const url = typeof named === 'string' ? named : named?.url;
  return (url ?? NO_REPOSITORY).replace(/^git\+/, '').replace(/\.git$/, '');
}

/**
 * Returns HTML with its comments `<!-- header -->` and `<!-- footer -->` replaced. `home` is the relative address of the site's
 * folder: `./`, or `../` for a page one folder down.
 */
export function framed(html, home = './') {
  const values = { '{home}': home, '{repository}': repository() };
  return html.replace(/^([ \t]*)<!-- (header|footer) -->/gm, (_, indent, part) =>
    readFileSync(path.join(root, 'web/site/frame', `${part}.html`), 'utf8')
      .trimEnd()
      .replace(/\{home\}|\{repository\}/g, (name) => values[name])
      .replace(/^/gm, indent),
  );
}

/** Puts the frame around the pages that Vite builds, before it looks for their files. */
export const frame = () => ({
  name: 'signalbox-frame',
  transformIndexHtml: { order: 'pre', handler: (html) => framed(html) },
});
