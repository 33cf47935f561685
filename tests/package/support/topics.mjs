// A benchmark with obvious answers: one model writes, one computes, one does both moderately well.
import { buildIndex } from '../../../dist/build.js';
import { StaticEmbedder } from '../../../dist/index.js';
import { embedderFiles, randomFrom } from './fixtures.mjs';

const TOPICS = {
  poems: ['write', 'poem', 'about', 'sea', 'sun', 'king', 'history'],
  code: ['python', 'code', 'sort', 'list', 'bug', 'number', 'sum'],
};

/** The models, each with the share of each topic's prompts that it answers correctly. */
export const MODELS = [
  { name: 'poet', right: { poems: 0.95, code: 0.1 }, paramsB: 7, usdPerMTokIn: 2, usdPerMTokOut: 6 },
  { name: 'coder', right: { poems: 0.05, code: 0.95 }, paramsB: 70.5, usdPerMTokIn: 0.5, usdPerMTokOut: 1.5 },
  { name: 'generalist', right: { poems: 0.6, code: 0.6 }, usdPerMTokIn: 0.25, usdPerMTokOut: 0.25 },
  { name: 'unpriced', right: { poems: 0.3, code: 0.3 } },
];

export const POEM = 'write a poem about the sea';
export const CODE = 'python code, sort the list';
/** Blended prices, input 3 : output 1, in US dollars per million tokens. */
export const PRICES = { poet: 3, coder: 0.75, generalist: 0.25, unpriced: null };

const ROWS = 80;

/**
 * Returns the specification. Rows 0..79 are prompts of one topic, the others of the other topic; outcomes are evenly
 * spread. With `keepPrompts`, it includes the rows' `prompts`, for another embedder.
 */
export async function topicsSpec(more = {}, { keepPrompts = false } = {}) {
  const random = randomFrom(3);
  const rows = Object.entries(TOPICS).flatMap(([task, words]) =>
    Array.from({ length: ROWS }, (_, i) => ({
      task,
      id: `${task}-${i}`,
      prompt: Array.from({ length: 6 }, () => words[Math.floor(words.length * random())]).join(' '),
      outcomes: MODELS.map(({ right }) => Math.floor((i + 1) * right[task]) - Math.floor(i * right[task])),
    })),
  );
  const embedder = await StaticEmbedder.load(embedderFiles());
  const embeddings = await embedder.embed(rows.map(({ prompt }) => prompt));
  embedder.dispose();
  return {
    models: MODELS.map(({ right: _right, ...model }) => model),
    tasks: rows.map(({ task }) => task),
    sampleIds: rows.map(({ id }) => id),
    embeddings: Float32Array.from(embeddings.flatMap(({ vector }) => [...vector])),
    outcomes: Float32Array.from(rows.flatMap(({ outcomes }) => outcomes)),
    dim: 8,
    codes: 'float32',
    embedder: { id: embedder.id, hash: embedder.hash },
    routing: { k: 20 },
    metadata: { name: 'topics' },
    ...(keepPrompts ? { prompts: rows.map(({ prompt }) => prompt) } : {}),
    ...more,
  };
}

export async function topicsIndex(more) {
  return buildIndex(await topicsSpec(more));
}
