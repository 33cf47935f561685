/** The Berkeley Function-Calling Leaderboard: `score/<model>/`, `result/<model>/` and the questions of its package. */
import { field, numberField, requiredObject, requiredText, textField } from '../fields.js';
import type { Importer } from '../importer.js';
import { badInput, type FileHead, type InputFile, noResults, type ReadFileOptions } from '../input-file.js';
import { readJsonLines } from '../json.js';
import { promptText } from '../messages.js';
import type { Answer, ImportContext } from '../records.js';
import { headKeys } from '../table.js';
import { sumOf } from '../usage.js';

/** JSON lines, in spite of the name. */
const FILE = /(?:^|\/)BFCL_v(\d+)_(.+?)(_score|_result)?\.jsonl?(?:\.gz)?$/i;
const MODEL = /(?:^|\/)(?:score|result)\/([^/]+)\//i;
/** The texts that the tool writes in place of an answer, and counts as wrong. */
const ERROR = /^Error during inference/;
/** Conversations that fill a memory before the questions about it. */
const PREPARATION = /prereq/i;
const METRIC = 'accuracy';

type Kind = 'score' | 'result' | 'questions';

function kindOf(keys: readonly string[]): Kind | undefined {
  if (keys.includes('accuracy') && keys.includes('total_count')) return 'score';
  if (keys.includes('id') && keys.includes('result')) return 'result';
  return keys.includes('id') && keys.includes('question') ? 'questions' : undefined;
}

const suffixOf = (path: string): Kind => {
  const suffix = FILE.exec(path)?.[3]?.toLowerCase();
  return suffix === '_score' ? 'score' : suffix === '_result' ? 'result' : 'questions';
};

const claims = ({ path }: InputFile, { text }: FileHead) =>
  FILE.test(path) && kindOf(headKeys(text.trimStart())) === suffixOf(path);

/** One model's files on one category of questions. */
interface Run {
  model: string;
  category: string;
  score: InputFile | undefined;
  result: InputFile | undefined;
}

function runsOf(files: readonly InputFile[]): Run[] {
  const runs = new Map<string, Run>();
  for (const file of files) {
    const kind = suffixOf(file.path);
    if (kind === 'questions') continue;
    const model = MODEL.exec(file.path)?.[1];
    if (model === undefined)
      throw badInput({ file: file.path }, `expected ${kind}/<model>/ in the path, which names the model`);
    const [, version = '', category = ''] = FILE.exec(file.path) ?? [];
    const key = JSON.stringify([model, version, category]);
    const run = runs.get(key) ?? { model, category, score: undefined, result: undefined };
    if (run[kind] !== undefined)
      throw badInput({ file: file.path }, `another ${kind} of ${model} on ${category}: ${run[kind]?.path}`);
    run[kind] = file;
    runs.set(key, run);
  }
  return [...runs.values()];
}

/** Returns the first turn of each question: it is what a router sees. */
async function readQuestions(files: readonly InputFile[], options: ReadFileOptions): Promise<Map<string, string>> {
  const questions = new Map<string, string>();
  for (const file of files) {
    if (suffixOf(file.path) !== 'questions') continue;
    const onLine = (line: unknown) => {
      const turns = field(line, 'question');
      const first = (Array.isArray(turns) ? turns : [])
        .map((turn) => promptText(turn) ?? '')
        .find((text) => text !== '');
      questions.set(textField(line, 'id') ?? '', first ?? '');
    };
    await readJsonLines(file, onLine, options);
  }
  return questions;
}

/** Returns the ids of the wrong answers, and the number of all. */
async function readScore(file: InputFile, options: ReadFileOptions) {
  const wrong = new Set<string>();
  let total: number | undefined;
  const onLine = (value: unknown, line: number) => {
    const place = { file: file.path, line };
    const entry = requiredObject(value, place, 'the line');
    if (total === undefined) {
      total = numberField(entry, 'total_count');
      if (total === undefined) throw badInput(place, "no number at 'total_count'");
    } else if (field(entry, 'valid') !== true) wrong.add(requiredText(entry, place, 'id'));
  };
  await readJsonLines(file, onLine, options);
  return { wrong, total: total ?? 0 };
}

interface Given {
  id: string;
  line: number;
  isError: boolean;
  answer: Answer;
}

async function readAnswers(file: InputFile, options: ReadFileOptions): Promise<Given[]> {
  const all: Given[] = [];
  const onLine = (value: unknown, line: number) => {
    const place = { file: file.path, line };
    const entry = requiredObject(value, place, 'the answer');
    const id = requiredText(entry, place, 'id');
    if (PREPARATION.test(id)) return;
    const tokensIn = sumOf(field(entry, 'input_token_count'));
    const tokensOut = sumOf(field(entry, 'output_token_count'));
    const isError = ERROR.test(textField(entry, 'result') ?? '');
    all.push({
      id,
      line,
      isError,
      answer: { tokensIn: tokensIn || undefined, tokensOut: tokensOut || undefined, repeats: true },
    });
  };
  await readJsonLines(file, onLine, options);
  return all;
}

async function readRun(run: Run, questions: ReadonlyMap<string, string>, context: ImportContext): Promise<void> {
  const { sink } = context;
  const { model, category, score, result } = run;
  if (score === undefined || result === undefined) {
    const [there, missing] = score === undefined ? [result, 'score'] : [score, 'result'];
    sink.drop('incomplete', { file: there?.path ?? '' }, `: no ${missing} of ${model} on ${category}`);
    return;
  }
  const { wrong, total } = await readScore(score, context);
  const answers = await readAnswers(result, context);
  const ids = new Set(answers.map(({ id }) => id));
  if (answers.length !== total || [...wrong].some((id) => !ids.has(id))) {
    // Only wrong answers are listed: with other answers than those that were scored, the rest is not known to be right.
    sink.drop('incomplete', { file: score.path }, `: it scores ${total} answers, ${result.path} has ${answers.length}`);
    return;
  }
  const dataset = `bfcl_${category}`;
  for (const { id, line, isError, answer } of answers) {
    const place = { file: result.path, line };
    const sample = sink.sample({ dataset, key: id, id, prompt: questions.get(id), place });
    if (isError) sink.drop('failed', place, `: ${model}`);
    else sink.score(sample, model, METRIC, Number(!wrong.has(id)), place, answer);
  }
}

/**
 * BFCL: the folder names the model, the file the category. The scores list the wrong answers only: all others of the results
 * are right. The questions are in the data of the tool's package.
 */
export const bfclImporter: Importer = {
  source: 'bfcl',
  claims,
  async read(files, context) {
    const runs = runsOf(files);
    const [first] = files;
    if (runs.length === 0 && first !== undefined) {
      throw noResults({ file: first.path }, 'expected score/<model>/ and result/<model>/ of BFCL, got its questions');
    }
    const questions = await readQuestions(files, { signal: context.signal });
    if (questions.size === 0 && first !== undefined) {
      throw badInput(
        { file: first.path },
        'expected the questions too: the BFCL_v*.json in the folder bfcl_eval/data of the tool',
      );
    }
    for (const run of runs) await readRun(run, questions, context);
  },
};
