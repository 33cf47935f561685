// Reads the blocks of code of Markdown and of doc comments, with the notes in HTML comments before them.

/** Notes that a comment may hold, and whether a text follows a colon. */
const NOTES = {
  'not run': true,
  'types only': true,
  'run only': true,
  with: true,
  file: true,
  continues: false,
  server: false,
};

/** Parses the comment before a block: `{ name, text }`, or `undefined` if it says nothing about one. */
function noteOf(line) {
  const [, name, text] = /^\s*<!-- ([a-z ]+?)(?:: (.+?))? -->\s*$/.exec(line) ?? [];
  if (!Object.hasOwn(NOTES, name ?? '')) return undefined;
  return { name, text: text ?? '' };
}

/**
 * Returns the blocks `{ file, line, language, code, notes }` of a text in Markdown. `line` is that of the first line of
 * code, `notes` an object of texts by name. `shift` is added to the lines.
 */
export function blocksOf(markdown, file, shift = 0) {
  const blocks = [];
  const lines = markdown.split('\n');
  let notes = {};
  for (let at = 0; at < lines.length; ++at) {
    const [, indent, fence, language] = /^(\s*)(`{3,})\s*([\w-]*)/.exec(lines[at]) ?? [];
    if (fence === undefined) {
      const note = noteOf(lines[at]);
      if (note !== undefined) notes[note.name] = note.text;
      else if (lines[at].trim() !== '') notes = {};
      continue;
    }
    const first = at + 1;
    const end = lines.findIndex((line, i) => i >= first && line.trim() === fence);
    if (end < 0) throw new Error(`${file}:${at + 1 + shift}: the block of code does not end`);
    const code = lines.slice(first, end).map((line) => (line.startsWith(indent) ? line.slice(indent.length) : line));
    // A note speaks of one block; a block of output belongs to the one before only if nothing but blanks is between.
    const previous = blocks.at(-1);
    const follows = previous !== undefined && lines.slice(previous.end + 1, at).every((line) => line.trim() === '');
    blocks.push({ file, line: first + 1 + shift, language, code: code.join('\n'), notes, follows, end });
    notes = {};
    at = end;
  }
  return blocks;
}

/** Returns the blocks of code of the doc comments of a TypeScript source. */
export function commentBlocksOf(source, file) {
  return [...source.matchAll(/^[ \t]*\/\*\*[\s\S]*?\*\//gm)].flatMap(({ 0: comment, index }) => {
    const shift = source.slice(0, index).split('\n').length - 1;
    const text = comment.replace(/^[ \t]*\* ?/gm, '').replace(/\*\/$/, '');
    return blocksOf(text, file, shift);
  });
}

/** A statement whose whole comment is a literal: the statement's value. */
const STATED = /^(\s*)([\w$.[\]()'"]+);\s+\/\/ ('[^']*'|-?\d[\d.]*|true|false|null)$/;

/** A line that prints, whose comment is what it prints. */
const PRINTED = /^(\s*console\.log\(.*\);)\s+\/\/ (.+)$/;

/** Returns code that compares what its comments state: `decision.model; // 'a'` and `console.log(decision.model); // a`. */
export const checked = (code) =>
  code
    .split('\n')
    .map((line) => {
      const [, prints, text] = PRINTED.exec(line) ?? [];
      if (prints !== undefined) return `${prints} globalThis.__printed(${JSON.stringify(text)});`;
      return line.replace(STATED, '$1globalThis.__stated($2, $3);');
    })
    .join('\n');

/** Joins blocks with the note `continues` to the one before on the same page. */
export function joined(blocks) {
  const out = [];
  for (const block of blocks) {
    if (block.notes.continues === undefined) out.push({ ...block });
    else {
      const start = out.findLast(({ file }) => file === block.file);
      if (start === undefined) throw new Error(`${block.file}:${block.line}: there is no block to continue`);
      start.code += `\n${block.code}`;
      Object.assign(start, { end: block.end });
    }
  }
  return out;
}

/** Returns the names that a module declares or imports itself. */
export function declaredIn(code) {
  const patterns = code.matchAll(
    /^(?:export )?(?:const|let|var)\s+(\{[^}]*\}|\[[^\]]*\]|\w+)|^import\s+([^;]*?)\s+from/gm,
  );
  return new Set(
    [...patterns].flatMap(([, declared, imported]) =>
      (declared ?? imported).split(',').flatMap((part) => /(\w+)\W*$/.exec(part.split(' = ')[0])?.[1] ?? []),
    ),
  );
}

/** Puts imports of the package's names before the code of a doc comment, on its first line. `entries` has their entries. */
export function withImports(code, entries) {
  const declared = declaredIn(code);
  const isUsed = (name) => new RegExp(`(?<![.\\w])${name}\\b(?!:)`).test(code.replace(/'[^']*'|\/\/.*/g, ''));
  const names = [...entries.keys()].filter((name) => !declared.has(name) && isUsed(name));
  return names.map((name) => `import { ${name} } from '${entries.get(name)}'; `).join('') + code;
}

/** Returns the module scripts of a block of HTML, which are compiled only. */
export function scriptsOf({ language, code, ...block }) {
  if (language !== 'html') return [];
  return [...code.matchAll(/<script type="module">\n?([\s\S]*?)<\/script>/g)].map(({ 1: script, index }) => ({
    ...block,
    line: block.line + code.slice(0, code.indexOf(script, index)).split('\n').length - 1,
    language: 'js',
    // The script for pages has the names of two entries.
    code: script.replace(/^ +/gm, '').replace(/'(signalbox|[^']*\/web\/signalbox\.js)'/g, "'signalbox-page'"),
    notes: { ...block.notes, 'types only': 'a page' },
  }));
}
