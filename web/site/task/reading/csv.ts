/** Reads the rows of a CSV; the parser is loaded on first use. */

/** Reads at most `most` rows. `problem` says what is wrong, and in which line. */
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
      problem = `Line ${error.lines ?? '?'} is not valid CSV: ${error.message}.`;
      resolve();
    });
  });
  let isEmpty = true;
  for await (const piece of pieces) {
    if (piece === '') continue;
    isEmpty = false;
    // The parser is full: let the event loop run, so that it emits its rows.
    if (!parser.write(piece)) await new Promise((resolve) => setTimeout(resolve));
    if (isDone || rows.length >= most) return problem === undefined ? { rows } : { rows, problem };
  }
  // The parser's browser build throws if it gets no input.
  if (isEmpty) return { rows };
  parser.end();
  await ended;
  return problem === undefined ? { rows } : { rows, problem };
}
