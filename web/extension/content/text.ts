/** What stands in a prompt box: it is read, and never changed. */
import { cut, MOST_CHARACTERS } from '../limits.js';

/** A document may have millions of empty elements. */
const MOST_NODES = 20_000;

/** What stands on a line of its own. */
const BLOCKS = new Set('P DIV LI UL OL PRE BLOCKQUOTE H1 H2 H3 H4 H5 H6 BR TR HR'.split(' '));

/** What an editor shows where nothing was typed, and what nobody sees. */
const UNTYPED = '[data-slate-placeholder], [aria-hidden="true"], script, style, template';

/** Invisible characters by which editors hold empty lines open. */
const FILLERS = /[\u200b\ufeff]/g;

function readEdited(root: HTMLElement): string {
  const filter = (node: Node) =>
    node instanceof Element && node.matches(UNTYPED) ? NodeFilter.FILTER_REJECT : NodeFilter.FILTER_ACCEPT;
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT | NodeFilter.SHOW_ELEMENT, filter);
  let text = '';
  let nodes = 0;
  while (walker.nextNode() !== null) {
    const { currentNode } = walker;
    nodes += 1;
    if (currentNode instanceof Text) {
      // Not `data`: a single node may hold megabytes.
      text += currentNode.substringData(0, MOST_CHARACTERS + 1 - text.length);
    } else if (BLOCKS.has(currentNode.nodeName) && text !== '' && !text.endsWith('\n')) {
      text += '\n';
    }
    if (text.length > MOST_CHARACTERS || nodes >= MOST_NODES) break;
  }
  return text.replace(FILLERS, '');
}

/** At most `MOST_CHARACTERS` of it, without the white space around: a space more is no other question. */
export function readText(box: HTMLElement): string {
  const text = box instanceof HTMLTextAreaElement ? box.value : readEdited(box);
  return cut(text, MOST_CHARACTERS).trim();
}

/** Whether somebody has begun to ask something: three letters or digits. */
export const isQuestion = (text: string) => /(?:[\p{L}\p{N}].*?){3}/su.test(text);
