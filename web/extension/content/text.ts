/** Reads the text of a prompt box, and never changes it. */
import { cut, MOST_CHARACTERS } from '../limits.js';

/** Limit of nodes to visit: a document may have millions of empty elements. */
const MOST_NODES = 20_000;

/** Elements that start a new line. */
const BLOCKS = new Set('P DIV LI UL OL PRE BLOCKQUOTE H1 H2 H3 H4 H5 H6 BR TR HR'.split(' '));

/** Placeholders of editors, and hidden elements. */
const UNTYPED = '[data-slate-placeholder], [aria-hidden="true"], script, style, template';

/** Invisible characters that editors put into empty lines. */
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
      // Not `data`, since a single node may hold megabytes.
      text += currentNode.substringData(0, MOST_CHARACTERS + 1 - text.length);
    } else if (BLOCKS.has(currentNode.nodeName) && text !== '' && !text.endsWith('\n')) {
      text += '\n';
    }
    if (text.length > MOST_CHARACTERS || nodes >= MOST_NODES) break;
  }
  return text.replace(FILLERS, '');
}

/** Returns at most `MOST_CHARACTERS`, trimmed: one more space does not make a new question. */
export function readText(box: HTMLElement): string {
  const text = box instanceof HTMLTextAreaElement ? box.value : readEdited(box);
  return cut(text, MOST_CHARACTERS).trim();
}

/** Whether a text is worth asking about: it has three letters or digits. */
export const isQuestion = (text: string) => /(?:[\p{L}\p{N}].*?){3}/su.test(text);
