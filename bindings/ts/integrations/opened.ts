/** Opens the stream of a model's answer: a failure before its first content can still go to another model. */

/** A stream that was read up to its first content. */
export interface Opened<Part> {
  iterator: AsyncIterator<Part>;
  read: readonly Part[];
}

/** Reads a stream up to its first content. Rejects with its error if that comes before. */
export async function opened<Part>(
  stream: AsyncIterable<Part>,
  isContent: (part: Part) => boolean,
): Promise<Opened<Part>> {
  const iterator = stream[Symbol.asyncIterator]();
  const read: Part[] = [];
  for (;;) {
    const next = await iterator.next();
    if (next.done) return { iterator, read };
    read.push(next.value);
    if (isContent(next.value)) return { iterator, read };
  }
}

/** Yields the parts of an opened stream, from the first one on. */
export async function* replayed<Part>({ iterator, read }: Opened<Part>): AsyncGenerator<Part> {
  try {
    yield* read;
    for (let next = await iterator.next(); !next.done; next = await iterator.next()) yield next.value;
  } finally {
    await iterator.return?.();
  }
}
