// Made-up graded prompts: four kinds of work that two or three models do differently well, at different costs.
import { fileFromBytes } from '../../../dist/build.js';
import { randomFrom } from '../support/fixtures.mjs';

const THINGS = 'orders customers invoices tickets parcels refunds offers visits payments letters'.split(' ');
const CITIES = 'Berlin Lagos Lima Osaka Quebec Porto Delhi Cairo Oslo Perth'.split(' ');
const TONES = 'friendly formal short cheerful calm polite warm dry'.split(' ');

/** Kinds of prompts: how to make one, and how often each model is right. */
export const KINDS = {
  sql: {
    prompt: (pick, n) =>
      `Write a SQL query that lists the ${pick(THINGS)} from ${pick(CITIES)} with more than ${n} rows in the table ${pick(THINGS)}`,
    right: { large: 0.92, small: 0.45, tiny: 0.2 },
  },
  mail: {
    prompt: (pick, n) =>
      `Summarise this ${pick(TONES)} mail about ${n} ${pick(THINGS)} from ${pick(CITIES)} for my manager in two sentences`,
    right: { large: 0.93, small: 0.93, tiny: 0.6 },
  },
  poem: {
    prompt: (pick, n) => `Compose a ${pick(TONES)} poem of ${n} lines about the sea near ${pick(CITIES)}`,
    right: { large: 0.9, small: 0.9, tiny: 0.85 },
  },
  triage: {
    prompt: (pick, n) =>
      `Label the support request number ${n} as billing, technical or other: my ${pick(THINGS)} to ${pick(CITIES)} are late`,
    right: { large: 0.97, small: 0.96, tiny: 0.9 },
  },
};

const USD = { large: 0.01, small: 0.002, tiny: 0.0003 };

/**
 * Returns rows { prompt, kind, outcomes, usd } by model. `rows` in total; the kinds take turns. `right` overrides how often
 * a model is right: (kind, model) => share.
 */
export function gradedRows({ seed = 1, rows = 160, models = ['large', 'small'], kinds = KINDS, right } = {}) {
  const random = randomFrom(seed);
  const pick = (list) => list[Math.floor(random() * list.length)];
  const names = Object.keys(kinds);
  return Array.from({ length: rows }, (_, i) => {
    const kind = names[i % names.length];
    const prompt = kinds[kind].prompt(pick, 10 + i);
    const difficulty = random();
    const share = (model) => right?.(kind, model) ?? kinds[kind].right[model];
    return {
      kind,
      prompt,
      outcomes: Object.fromEntries(models.map((m) => [m, Number(0.7 * difficulty + 0.3 * random() < share(m))])),
      usd: Object.fromEntries(models.map((m) => [m, Number((USD[m] * (0.5 + random())).toPrecision(6))])),
    };
  });
}

const quote = (cell) => (/[",\n]/.test(String(cell)) ? `"${String(cell).replaceAll('"', '""')}"` : String(cell));

/** Writes a CSV of objects. */
export const csvOf = (rows) =>
  `${[Object.keys(rows[0]), ...rows.map((row) => Object.values(row))].map((cells) => cells.map(quote).join(',')).join('\n')}\n`;

/**
 * Returns the rows as the cells of a wide table. `costs`: with the column of costs; `dataset`: with the kind as dataset;
 * `more(row, i)` adds cells.
 */
export function cellsOf(rows, { costs = true, dataset = false, more } = {}) {
  return rows.map((row, i) => ({
    ...(dataset ? { dataset: row.kind } : {}),
    prompt: row.prompt,
    ...row.outcomes,
    ...(costs ? Object.fromEntries(Object.entries(row.usd).map(([m, usd]) => [`${m}|cost_usd`, usd])) : {}),
    ...more?.(row, i),
  }));
}

/** Returns a file of these cells. */
export const fileOf = (cells, name = 'graded.csv') => fileFromBytes(name, new TextEncoder().encode(csvOf(cells)));

/** Returns the file of made-up rows; see `gradedRows` and `cellsOf`. */
export const gradedFile = (options = {}) => fileOf(cellsOf(gradedRows(options), options));
