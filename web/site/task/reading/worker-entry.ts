/** The worker that reads a file, keeps its rows, and returns the texts of a column. */
import { count } from '../../../shared/format.js';
import { type Contents, FileProblem, readFile } from './file.js';
import { CUT_NOTICE, MOST_PROMPTS } from './limits.js';
import type { Choice, FileTable, Numbered, ReadAnswer, ReadQuestion } from './protocol.js';
import { textsOf } from './records.js';
import { fieldNames, guessColumn, isHeader, widest } from './table.js';

/** Size of a message, so that the page can paint between messages. */
const MESSAGE_UNITS = 1 << 20;

type Tell = (answer: ReadAnswer) => void;

let contents: Contents | undefined;

function tableOf({ rows, fields }: Contents, hasHeader: boolean): FileTable {
  if (fields !== undefined) return { fields, mayHaveHeader: false };
  return { fields: fieldNames(hasHeader ? rows[0] : undefined, widest(rows)), mayHaveHeader: true };
}

function giveInParts(prompts: readonly string[], tell: Tell): void {
  let part: string[] = [];
  let units = 0;
  for (const prompt of prompts) {
    part.push(prompt);
    units += prompt.length;
    if (units < MESSAGE_UNITS) continue;
    tell({ told: 'some', prompts: part });
    [part, units] = [[], 0];
  }
  tell({ told: 'some', prompts: part });
}

function give(from: Contents, { column, hasHeader }: Choice, tell: Tell): void {
  const rows = hasHeader ? from.rows.slice(1) : from.rows;
  const { prompts, empty } = textsOf(rows.slice(0, MOST_PROMPTS), column);
  if (prompts.length === 0) throw new FileProblem('There are no prompts here.');
  const notices = [...from.notices];
  if (empty > 0) notices.push(`${count(empty, 'row')} without text ${empty === 1 ? 'was' : 'were'} skipped.`);
  if (from.isCut || rows.length > MOST_PROMPTS) notices.push(CUT_NOTICE);
  giveInParts(prompts, tell);
  tell({ told: 'all', table: tableOf(from, hasHeader), choice: { column, hasHeader }, notices });
}

async function answer(question: ReadQuestion, tell: Tell): Promise<void> {
  if (question.ask === 'choose') {
    if (contents !== undefined) give(contents, question, tell);
    return;
  }
  contents = await readFile(question.file, question.separator, (share) => tell({ told: 'share', share }));
  const hasHeader = contents.fields === undefined && isHeader(contents.rows[0]);
  const { fields } = tableOf(contents, hasHeader);
  const rows = hasHeader ? contents.rows.slice(1) : contents.rows;
  give(contents, { column: guessColumn(fields, rows), hasHeader }, tell);
}

addEventListener('message', ({ data }: MessageEvent<Numbered<ReadQuestion>>) => {
  const tell: Tell = (told) => postMessage({ ...told, id: data.id });
  answer(data, tell).catch((error: unknown) => {
    const isKnown = error instanceof FileProblem;
    tell({ told: 'problem', message: isKnown ? error.message : `The file could not be read (${String(error)}).` });
  });
});
