/** OpenCompass: predictions/<model>/<dataset>.json, and results/<model>/<dataset>.json with an entry a sample. */
import { field, isObject, requiredObject, textField } from '../fields.js';
import type { Importer } from '../importer.js';
import { badInput, type InputFile } from '../input-file.js';
import { readJson, readJsonParts } from '../json.js';
import { promptText } from '../messages.js';
import type { ImportContext } from '../records.js';

const PATH = /(?:^|\/)(predictions|results)\/([^/]+)\/([^/]+)\.json(?:\.gz)?$/;

interface Located {
  file: InputFile;
  kind: string;
  model: string;
  dataset: string;
  /** Of a dataset that was predicted in pieces: their number. */
  piece: number | undefined;
}

/** `name_0`, `name_1` are pieces of one dataset where both are there; a lone `name_0` is a name. */
function locate(files: readonly InputFile[]): Located[] {
  const all = files.flatMap((file) => {
    const [, kind = '', model = '', name = ''] = PATH.exec(file.path) ?? [];
    return kind === '' ? [] : [{ file, kind, model, name }];
  });
  const names = new Set(all.map(({ kind, model, name }) => `${kind}/${model}/${name}`));
  return all.map(({ file, kind, model, name }) => {
    const [, base = '', number = ''] = /^(.+)_(\d+)$/.exec(name) ?? [];
    const isPiece = base !== '' && names.has(`${kind}/${model}/${base}_${number === '0' ? 1 : 0}`);
    return { file, kind, model, dataset: isPiece ? base : name, piece: isPiece ? Number(number) : undefined };
  });
}

/** Predictions by their number; the pieces of a dataset are numbered on. */
async function readPrompts(pieces: Located[], context: ImportContext): Promise<Map<string, string>> {
  const prompts = new Map<string, string>();
  let before = 0;
  for (const { file } of pieces) {
    let count = 0;
    await readJsonParts(
      file,
      ['$.*'],
      ({ value, path }) => {
        count += 1;
        const prompt = promptText(field(value, 'origin_prompt')) ?? textField(value, 'prompt');
        const number = Number(path[0]);
        if (prompt !== undefined)
          prompts.set(Number.isInteger(number) ? String(before + number) : String(path[0]), prompt);
      },
      context,
    );
    before += count;
  }
  return prompts;
}

/** `correct` or `is_correct`: a boolean, a number, or a list of one. */
function outcomeOf(detail: unknown): unknown {
  const value = field(detail, 'correct') ?? field(detail, 'is_correct');
  return Array.isArray(value) ? value[0] : value;
}

function detailsOf(results: unknown, file: string): [string, unknown][] {
  const details = field(requiredObject(results, { file }, 'the document'), 'details');
  if (Array.isArray(details)) return details.map((detail, i) => [String(i), detail]);
  if (isObject(details)) return Object.entries(details).filter(([key]) => /^\d+$/.test(key));
  throw badInput({ file }, 'no details of single samples: run OpenCompass with --dump-eval-details');
}

async function readResults(
  { file, model, dataset }: Located,
  prompts: readonly ReadonlyMap<string, string>[],
  context: ImportContext,
): Promise<void> {
  for (const [id, detail] of detailsOf(await readJson(file, context), file.path)) {
    const place = { file: `${file.path} ${id}` };
    const outcome = outcomeOf(detail);
    if (outcome === undefined || outcome === null) {
      context.sink.drop('no_score', place);
      continue;
    }
    const own = promptText(field(detail, 'prompt')) ?? promptText(field(detail, 'origin_prompt'));
    const known = own ?? textField(detail, 'question') ?? prompts.find((of) => of.has(id))?.get(id);
    const sample = context.sink.sample({ dataset, key: id, id, prompt: known, place });
    context.sink.score(sample, model, 'correct', outcome, place);
  }
}

export const openCompassImporter: Importer = {
  source: 'opencompass',
  claims: ({ path }, { text }) =>
    PATH.test(path) && /^\s*\{/.test(text) && /"(origin_prompt|prediction|details|accuracy|score)"/.test(text),
  read: async (files, context) => {
    const located = locate(files);
    const prompts = new Map<string, { model: string; of: Map<string, string> }[]>();
    const predicted = new Map<string, Located[]>();
    for (const one of located.filter(({ kind }) => kind === 'predictions')) {
      const key = `${one.dataset}/${one.model}`;
      predicted.set(key, [...(predicted.get(key) ?? []), one]);
    }
    for (const pieces of predicted.values()) {
      pieces.sort((a, b) => (a.piece ?? 0) - (b.piece ?? 0));
      const { dataset, model } = pieces[0] as Located;
      const of = await readPrompts(pieces, context);
      prompts.set(dataset, [...(prompts.get(dataset) ?? []), { model, of }]);
    }
    const results = located.filter(({ kind }) => kind === 'results');
    if (results.length === 0) throw badInput({ file: files[0]?.path ?? '' }, 'there are predictions but no results');
    for (const one of results) {
      const all = prompts.get(one.dataset) ?? [];
      const own = all.filter(({ model }) => model === one.model);
      await readResults(
        one,
        [...own, ...all].map(({ of }) => of),
        context,
      );
    }
  },
};
