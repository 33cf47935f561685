/** Rows of a CSV; the parser is loaded when there is one. */

/** At most `most` rows, and what was wrong, with its line. */
export async function readCsv(
  pieces: AsyncIterable<string>,
  delimiter: string,
  most: number,
): Promise<{ rows: string[][]; problem?: string }> {
  const { parse } = await import('csv-parse/browser/esm');
  const rows: string[][] = [];
  const parser = parse({ bom: true, delimiter, relax_column_count: true, relax_quotes: true, skip_empty_lines: true });
  let problem: string | undefined;
  let isDone = false;
  parser.on('readable', () => {
    for (let row = parser.read(); row !== null; row = parser.read()) {
      if (rows.length < most) rows.push(row as string[]);
    }
  });
  const ended = new Promise<void>((resolve) => {
    parser.on('end', resolve);
    parser.on('error', (error: Error & { lines?: number }) => {
      isDone = true;
      problem = `Line ${error.lines ?? '?'} is no CSV: ${error.message}.`;
      resolve();
    });
  });
  let isEmpty = true;
  for await (const piece of pieces) {
    if (piece === '') continue;
    isEmpty = false;
    // A turn of the event loop where the parser has enough: it gives its rows in between.
    if (!parser.write(piece)) await new Promise((resolve) => setTimeout(resolve));
    if (isDone || rows.length >= most) return problem === undefined ? { rows } : { rows, problem };
  }
  // The parser's browser build throws where it ends without a byte.
  if (isEmpty) return { rows };
  parser.end();
  await ended;
  return problem === undefined ? { rows } : { rows, problem };
}
