// The part of the style rule (CONTRIBUTING.md) that can be counted: openings of doc comments, "is no" and "are none" for
// "is not a" and "are not", lines, openings and links of Markdown, and the length of commit subjects. `npm run check` fails
// on any.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** The rule on subjects holds for the commits after this one. */
const SINCE = 'ceb91b2d6e90a4d9314c8509019737b5994b8c50';
const LONGEST_SUBJECT = 72;

const FRAGMENT = '(?:What|Who|Whose|Where|Of|So)\\b';
/** A doc comment that opens with a fragment; "What is a policy?" is a question. */
const OPENING = new RegExp(`^\\s*(?:/\\*\\*|///<?|\\*)\\s*${FRAGMENT}(?! (?:is|are|does|do|can|to)\\b.*\\?)`);
/** The same behind a member: `double eta;  ///< Where ...`. */
const TRAILING = new RegExp(`\\S.*///<\\s*${FRAGMENT}`);
/** "There is no", "is no longer" and "is no more than" are plain English. */
const NEGATION =
  /(?<!\b[Tt]here )\b(?:is|are|was|were) (?:none\b|no (?!(?:longer|more|less|fewer|larger|smaller|worse|better|later)\b))/;

const git = (root, ...args) => spawnSync('git', args, { cwd: root, encoding: 'utf8' });

/** Whether the line opens a doc comment, and does not continue one. */
function opensComment(line, before = '') {
  if (/^\s*\/\*\*/.test(line)) return true;
  if (/^\s*\/\/\//.test(line)) return !/^\s*\/\/\//.test(before);
  return /^\s*\*/.test(line) && /^\s*\/\*\*\s*$/.test(before);
}

/** Returns `file:line: text` for each place in a file that breaks the rule. Quotations in Markdown are exempt. */
export function oddEnglish(file, text) {
  const isMarkdown = file.endsWith('.md');
  const lines = (isMarkdown ? text.replace(/"[^"\n]*"|`[^`\n]*`/g, '') : text).split('\n');
  return lines.flatMap((line, i) => {
    const opening = opensComment(line, lines[i - 1]) && OPENING.test(line);
    const isOdd = opening || TRAILING.test(line) || NEGATION.test(line);
    return isOdd ? [`${file}:${i + 1}: ${line.trim()}`] : [];
  });
}

/** Ends of sentences that another one follows on the same line; "1." opens an item, and "**Votes.**" a paragraph. */
const TWO_SENTENCES = /[\p{Ll}\d)\]%§][.?!]\)? +[([*]*[\p{Lu}§]/u;
/** Lines that are not prose: code, tables, headings, pictures, comments and HTML. */
const NOT_PROSE = /^(?: {4}|\s*(?:\||#|<|!\[|$))/;
const ITEM = /^\s*(?:[-*]|\d+\.) +/;
const SENTENCE_ENDS = /[.?!:;][")*\]]*$/;

/** Returns `file:line: text` for each line of prose that has two sentences, or only a part of one. */
export function brokenLines(file, text) {
  let isCode = false;
  let before = '';
  return text.split('\n').flatMap((line, i) => {
    const isFence = /^\s*```/.test(line);
    if (isFence) isCode = !isCode;
    const isProse = !isFence && !isCode && !NOT_PROSE.test(line);
    // A quotation or a name in code has sentences of its own.
    const prose = isProse
      ? line
          .replace(/`[^`\n]*`|"[^"\n]*"/g, '§')
          .replace(ITEM, '')
          .trim()
      : '';
    const continues = isProse && before !== '' && !ITEM.test(line) && !SENTENCE_ENDS.test(before);
    before = isProse ? line.trimEnd() : '';
    return continues || TWO_SENTENCES.test(prose) ? [`${file}:${i + 1}: ${line.trim()}`] : [];
  });
}

/** Documents that say in their first line which question they answer. */
const ANSWERS = /^(?:docs\/[\w-]+|examples\/README|src\/README|CONTRIBUTING|models\/(?:FORMAT|[\w-]+\/README))\.md$/;
/** Texts that have a form of their own. */
const FREE = /^(?:web\/extension\/store|docs\/reference\/.*)\.md$/;

/** Returns the faults of a document: its lines, and its opening. */
export function oddDocument(file, text) {
  if (FREE.test(file)) return [];
  const [, opening = ''] = /^# .+\n\n(.+)\n/.exec(text) ?? [];
  const hasQuestion = !ANSWERS.test(file) || /^This page answers: .+\?$/.test(opening);
  const odd = hasQuestion
    ? []
    : [`${file}:3: expected 'This page answers: ...?' in a line of its own, got '${opening}'`];
  return [...odd, ...brokenLines(file, text)];
}

/** Packed documents, whose links are those of the package. */
const PACKED = /^models\/[\w-]+\/npm\//;

/** Returns the relative links of a document that lead to nothing. `exists` takes a path below the root. */
export function deadLinks(file, text, exists) {
  if (PACKED.test(file)) return [];
  const prose = text.replace(/```[\s\S]*?```|`[^`\n]*`/g, '');
  return [...prose.matchAll(/\]\(([^)\s#:]+)(?:#[^)\s]*)?\)/g)].flatMap(([, href]) => {
    const named = path.posix.join(path.posix.dirname(file), href);
    return exists(named) ? [] : [`${file}: the link to ${href} leads to nothing`];
  });
}

function longSubjects(root) {
  const isKnown = git(root, 'cat-file', '-e', SINCE).status === 0;
  if (!isKnown) {
    console.error('signalbox check: skipped the subjects of commits, since this clone lacks the older ones');
    return [];
  }
  const { stdout } = git(root, 'log', '--format=%h %s', `${SINCE}..HEAD`);
  return stdout.split('\n').filter((line) => line.slice(line.indexOf(' ') + 1).length > LONGEST_SUBJECT);
}

/** Throws with all places that break the rule. `files` are paths below `root`. */
export function checkLanguage(root, files) {
  const checked = files.filter((file) => /\.(?:ts|tsx|mts|mjs|cpp|h|md|html|css|py|sh)$/.test(file));
  const own = path.relative(root, import.meta.filename);
  const odd = checked
    .filter((file) => file !== own && file !== 'tests/package/language.test.mjs')
    .flatMap((file) => {
      const text = readFileSync(path.join(root, file), 'utf8');
      if (!file.endsWith('.md')) return oddEnglish(file, text);
      const dead = deadLinks(file, text, (named) => existsSync(path.join(root, named)));
      return [...oddEnglish(file, text), ...oddDocument(file, text), ...dead];
    });
  const broken = [...odd, ...longSubjects(root).map((line) => `commit ${line}: over ${LONGEST_SUBJECT} characters`)];
  if (broken.length > 0) throw new Error(`${broken.length} places are not plain English:\n${broken.join('\n')}`);
}
