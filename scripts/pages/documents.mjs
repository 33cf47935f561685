// Renders the documents of the repository as pages, so that the site has them and their tables can be sorted.
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { root } from '../setup.mjs';
import { escaped } from './head.mjs';

/** Documents outside docs/, by the names of their pages. */
const OTHERS = {
  'models/index/README.md': 'index-card.html',
  'models/embedder/README.md': 'embedder-card.html',
  'models/multilingual/README.md': 'languages-card.html',
  'models/everyday/README.md': 'everyday-card.html',
  'models/prices/README.md': 'prices-card.html',
  'models/FORMAT.md': 'format.html',
  'CHANGELOG.md': 'changelog.html',
};

/** The document whose tables say which command prints them, and when they changed last. */
const MEASURED = 'docs/results.md';

/** Tables of results and of cards are data, which can be sorted; those of other documents are texts in columns. */
const hasData = (file) => file === MEASURED || file.startsWith('models/');

/** Returns the page of every document, by its path in the repository. */
function pagesOfDocuments() {
  const own = readdirSync(path.join(root, 'docs')).filter((name) => name.endsWith('.md'));
  const pageOf = (name) => (name === 'README.md' ? 'index.html' : name.replace(/\.md$/, '.html'));
  return { ...Object.fromEntries(own.map((name) => [`docs/${name}`, pageOf(name)])), ...OTHERS };
}

/** Returns the ids of headings as GitHub makes them, which links between documents name. */
function idsOf() {
  const taken = new Map();
  return (text) => {
    const plain = text
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .trim()
      .replace(/\s/g, '-');
    const before = taken.get(plain) ?? 0;
    taken.set(plain, before + 1);
    return before === 0 ? plain : `${plain}-${before}`;
  };
}

/** Returns the day on which each line of a file changed last; nothing where the history is not there, or not whole. */
export function daysOfLines(file) {
  const git = (...args) => spawnSync('git', args, { cwd: root, encoding: 'utf8' });
  if (git('rev-parse', '--is-shallow-repository').stdout?.trim() !== 'false') return [];
  const { status, stdout } = git('blame', '--line-porcelain', '--', file);
  if (status !== 0) return [];
  return [...stdout.matchAll(/^author-time (\d+)$/gm)].map(([, seconds]) =>
    new Date(1000 * Number(seconds)).toISOString().slice(0, 10),
  );
}

/** Links to other documents lead to their pages, those to other files of the repository to `sources`. */
function addressOf(href, file, pages, sources) {
  if (/^[a-z][a-z0-9+.-]*:/i.test(href)) return /^https?:/i.test(href) ? href : undefined;
  if (href.startsWith('#')) return href;
  const [name, fragment] = href.split('#');
  const named = path.posix.normalize(path.posix.join(path.posix.dirname(file), name));
  const suffix = fragment === undefined ? '' : `#${fragment}`;
  if (Object.hasOwn(pages, named)) return `${pages[named]}${suffix}`;
  return sources === undefined ? undefined : `${sources}/blob/main/${named}${suffix}`;
}

/** Returns the text of a token without its markup. */
const textOf = (tokens) => tokens.map((token) => (token.tokens ? textOf(token.tokens) : (token.text ?? ''))).join('');

/** Notes at each table its heading, the command above it, and the day of its newest line. */
function describeTables(tokens, days) {
  let [heading, command, line] = ['', undefined, 0];
  for (const token of tokens) {
    if (token.type === 'heading') {
      heading = textOf(token.tokens);
      if (token.depth <= 2) command = undefined;
    }
    if (token.type === 'code' && token.lang === 'sh') command = token.text;
    const lines = token.raw.split('\n').length - 1;
    if (token.type === 'table') {
      const day = days
        .slice(line, line + token.rows.length + 2)
        .sort()
        .at(-1);
      Object.assign(token, { caption: heading, command, day });
    }
    line += lines;
  }
}

/** An empty first cell repeats the one above, which only works in the written order. */
function repeatFirstCells({ header, rows }) {
  if (header[0]?.text === '' || rows[0]?.[0]?.text === '') return;
  let last;
  for (const row of rows) {
    if (row[0]?.text === '') row[0] = { ...last, isRepeated: true };
    else last = row[0];
  }
}

function measuredBy({ command, day }) {
  if (command === undefined) return '';
  const when = day === undefined ? '' : `, last changed <time datetime="${day}">${day}</time>`;
  const lines = command.replace(/\s*\\\n\s*/g, ' ').split('\n');
  const commands = lines.map((line) => `<code>${escaped(line)}</code>`).join(', ');
  return `<p class="measured"><small>Printed by ${commands}${when}.</small></p>\n`;
}

const rendererFor = (file, pages, sources) => {
  const idOf = idsOf();
  return {
    heading({ tokens, depth }) {
      const id = idOf(textOf(tokens));
      return `<h${depth} id="${escaped(id)}">${this.parser.parseInline(tokens)}</h${depth}>\n`;
    },
    // Long lines scroll, also by keys.
    code: ({ text }) => `<pre tabindex="0"><code>${escaped(text)}\n</code></pre>\n`,
    // The documents have only comments, and a page must not run what a text says.
    html: ({ text }) => (/^\s*<!--[\s\S]*-->\s*$/.test(text) ? '' : escaped(text)),
    image: ({ text }) => escaped(text),
    link({ href, tokens }) {
      const address = addressOf(href, file, pages, sources);
      const text = this.parser.parseInline(tokens);
      return address === undefined ? text : `<a href="${escaped(address)}">${text}</a>`;
    },
    table(token) {
      if (hasData(file)) repeatFirstCells(token);
      const cell = (tag, { tokens, isRepeated }, attributes = '') => {
        const text = this.parser.parseInline(tokens);
        return `<${tag}${attributes}${isRepeated ? ' class="repeated"' : ''}>${text}</${tag}>`;
      };
      const head = token.header.map((one) => (one.text === '' ? '<td></td>' : cell('th', one, ' scope="col"')));
      const rows = token.rows.map((row) => `<tr>${row.map((one) => cell('td', one)).join('')}</tr>\n`);
      // The heading above says the same to those who see it.
      const caption = token.caption ? `<caption class="visually-hidden">${escaped(token.caption)}</caption>` : '';
      const sortable = hasData(file) ? ' data-sortable data-filter="rows"' : '';
      return (
        `<div class="wide"><table${sortable}>${caption}\n<thead><tr>${head.join('')}</tr></thead>\n` +
        `<tbody>${rows.join('')}</tbody></table></div>\n${file === MEASURED ? measuredBy(token) : ''}`
      );
    },
  };
};

/** Returns the first sentence below a document's title. */
function descriptionOf(tokens) {
  const first = tokens.find(({ type }) => type === 'paragraph');
  return first === undefined
    ? ''
    : textOf(first.tokens)
        .replace(/\s+/g, ' ')
        .split(/(?<=\.) /)[0];
}

/** Renders one document: its title, its description and its HTML. */
export async function renderDocument(text, { file, pages, sources, days = [] }) {
  const { Marked } = await import('marked');
  const marked = new Marked({ renderer: rendererFor(file, pages, sources) });
  const tokens = marked.lexer(text);
  describeTables(tokens, days);
  const title = tokens.find(({ type }) => type === 'heading');
  return {
    title: title === undefined ? file : textOf(title.tokens),
    description: descriptionOf(tokens),
    html: marked.parser(tokens),
  };
}

const TO_REFERENCE =
  '<p><a href="../reference/index.html">API reference</a>: every public name, with an example.</p>\n';

/** Returns the pages { file, title, description, html } of all documents. With `hasReference`, the first one links to it. */
export function documentPages({ sources, hasReference = false }) {
  const pages = pagesOfDocuments();
  const pageOf = async ([file, page]) => {
    const days = file === MEASURED ? daysOfLines(file) : [];
    const text = readFileSync(path.join(root, file), 'utf8');
    const rendered = await renderDocument(text, { file, pages, sources, days });
    const start = page === 'index.html' ? '' : '<p><a href="index.html">All documents</a></p>\n';
    const end = page === 'index.html' && hasReference ? TO_REFERENCE : '';
    return { file: page, ...rendered, html: `<article class="document">\n${start}${rendered.html}${end}</article>` };
  };
  return Promise.all(Object.entries(pages).map(pageOf));
}
