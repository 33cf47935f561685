/**
 * FastChat's `llm_judge` and its descendants: `<bench>/model_judgment/...` with the questions beside it. MT-Bench (scores of
 * answers, and pairs), Arena-Hard (games against a reference) and LiveBench (scores).
 */
import { type Fields, field, numberField, requiredObject, requiredText, textField } from '../fields.js';
import type { Importer } from '../importer.js';
import { badInput, type FileHead, type InputFile, noResults, type ReadFileOptions } from '../input-file.js';
import { readJsonLines } from '../json.js';
import type { Answer, ImportContext, Place } from '../records.js';
import { type Measure, nameMetrics, settingsOf, settingText } from '../runs.js';
import { headKeys } from '../table.js';

const JUDGMENT = /^(.*\/)?model_judgment\/(.+)\.jsonl(?:\.gz)?$/i;
const QUESTIONS = /^(.*\/)?question\.jsonl(?:\.gz)?$/i;
const ANSWERS = /^(.*\/)?model_answer\/([^/]+)\.jsonl(?:\.gz)?$/i;
const WIN = 'win_rate';
/** A game that is won clearly counts as this many, as in the tool's own table. */
const CLEAR_WIN = 3;

const KINDS: readonly [name: RegExp, keys: readonly string[][]][] = [
  [
    JUDGMENT,
    [
      ['question_id', 'model', 'score'],
      ['question_id', 'model_1', 'g1_winner'],
      ['question_id', 'games', 'model'],
      ['uid', 'games', 'model'],
    ],
  ],
  [
    QUESTIONS,
    [
      ['question_id', 'turns'],
      ['uid', 'prompt'],
    ],
  ],
  [
    ANSWERS,
    [
      ['question_id', 'answer_id', 'model_id'],
      ['uid', 'ans_id', 'model'],
    ],
  ],
];

function claims({ path }: InputFile, { text }: FileHead): boolean {
  const kind = KINDS.find(([name]) => name.test(path));
  if (kind === undefined) return false;
  const keys = headKeys(text.trimStart());
  return kind[1].some((names) => names.every((name) => keys.includes(name)));
}

/** A benchmark's folder: its questions by id and turn, and the tokens of answers. */
interface Bench {
  dataset: string;
  turns: Map<string, string[]>;
  tokens: Map<string, number[]>;
}

/** The score of an answer. */
interface Judged {
  id: string;
  turn: number;
  model: string;
  /** Parts of the metric's name: who judged, against whom. */
  measure: Measure;
  value: number | null;
  place: Place;
}

const idOf = (line: unknown) => textField(line, 'question_id') ?? textField(line, 'uid') ?? '';

/** Returns the texts of a question's turns, which are texts, or objects with a `content`. */
function turnsOf(question: unknown): string[] {
  const turns = field(question, 'turns');
  if (!Array.isArray(turns)) return [textField(question, 'prompt') ?? ''];
  return turns.map((turn) => (typeof turn === 'string' ? turn : (textField(turn, 'content') ?? '')));
}

/** Returns the tokens of each turn of an answer, where the tool counted them. */
function tokensOf(answer: unknown): number[] {
  const turns = field(answer, 'choices', 0, 'turns');
  const counted = (Array.isArray(turns) ? turns : []).map((turn) => numberField(turn, 'token_len') ?? 0);
  const whole = numberField(answer, 'metadata', 'token_len');
  return counted.some((tokens) => tokens > 0) || whole === undefined ? counted : [whole];
}

/** Returns the parts of wins in a game of Arena-Hard, such as `A>>B`; none if the judge's verdict could not be read. */
function winsIn(game: unknown, letter: 'A' | 'B'): number[] {
  const verdict = textField(game, 'score') ?? '';
  const [, first = '', sign = '', second = ''] = /^([AB])(>{1,2}|=|<{1,2})([AB])$/.exec(verdict) ?? [];
  if (sign === '=') return [0.5];
  if (sign === '') return [];
  const winner = sign.startsWith('>') ? first : second;
  return new Array<number>(sign.length === 2 ? CLEAR_WIN : 1).fill(winner === letter ? 1 : 0);
}

const meanOf = (values: readonly number[]) =>
  values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length;

/** Returns the first model's part of the wins in a pair that was judged twice, with places changed. */
function pairWins(line: Fields): number | null {
  const parts = ['g1_winner', 'g2_winner'].map((key) => {
    const winner = textField(line, key);
    return winner === 'model_1' ? 1 : winner === 'model_2' ? 0 : 0.5;
  });
  const isJudged = ['g1_winner', 'g2_winner'].every((key) => /^(model_[12]|tie)$/.test(textField(line, key) ?? ''));
  return isJudged ? meanOf(parts) : null;
}

/** Reads the line of a judgment. `file` names the judge if the line does not. */
function judgedIn(line: Fields, dataset: string, place: Place): Judged {
  const judge = textField(line, 'judge') ?? textField(line, 'judge', 0);
  const id = idOf(line);
  const turn = numberField(line, 'turn') ?? 1;
  const measureOf = (metric: string, reference?: string) => ({
    dataset,
    metric,
    settings: settingsOf({ judge, reference }),
  });
  if (id === '') throw badInput(place, "no text at 'question_id' or 'uid'");
  const games = field(line, 'games');
  if (Array.isArray(games)) {
    // The reference is A in the first game, and B in the second.
    const wins = [...winsIn(games[0], 'B'), ...winsIn(games[1], 'A')];
    const measure = measureOf(WIN, textField(line, 'baseline'));
    return { id, turn, model: requiredText(line, place, 'model'), measure, value: meanOf(wins), place };
  }
  if (field(line, 'g1_winner') !== undefined) {
    const measure = measureOf(WIN, requiredText(line, place, 'model_2'));
    return { id, turn, model: requiredText(line, place, 'model_1'), measure, value: pairWins(line), place };
  }
  const score = numberField(line, 'score');
  const value = score === undefined || score < 0 ? null : score;
  return { id, turn, model: requiredText(line, place, 'model'), measure: measureOf('score'), value, place };
}

async function readBench(root: string, files: readonly InputFile[], options: ReadFileOptions): Promise<Bench> {
  const bench: Bench = { dataset: root.split('/').at(-2) ?? '', turns: new Map(), tokens: new Map() };
  for (const file of files) {
    if (QUESTIONS.exec(file.path)?.[1] === root || (root === '' && file.path === 'question.jsonl')) {
      await readJsonLines(file, (line) => bench.turns.set(idOf(line), turnsOf(line)), options);
    }
    const [, place = '', stem = ''] = ANSWERS.exec(file.path) ?? [];
    if (stem === '' || place !== root) continue;
    const onLine = (line: unknown) => {
      const model = textField(line, 'model_id') ?? textField(line, 'model') ?? stem;
      bench.tokens.set(JSON.stringify([model, idOf(line)]), tokensOf(line));
    };
    await readJsonLines(file, onLine, options);
  }
  return bench;
}

async function readJudgments(
  files: readonly InputFile[],
  dataset: string,
  onJudged: (judged: Judged) => void,
  options: ReadFileOptions,
) {
  for (const file of files) {
    const onLine = (value: unknown, line: number) => {
      const place = { file: file.path, line };
      onJudged(judgedIn(requiredObject(value, place, 'the judgment'), dataset, place));
    };
    await readJsonLines(file, onLine, options);
  }
}

async function importBench(bench: Bench, judgments: readonly InputFile[], context: ImportContext): Promise<void> {
  const { sink } = context;
  const dataset = bench.dataset || 'questions';
  const measures = new Map<string, Measure>();
  await readJudgments(judgments, dataset, ({ measure }) => measures.set(settingText(measure), measure), {
    signal: context.signal,
  });
  const names = nameMetrics([...measures.values()]);
  const metrics = new Map([...measures.keys()].map((key, i) => [key, names[i] ?? WIN]));
  for (const [key, { metric, settings }] of measures) {
    // A judge's scores are from 1 to 10; those of LiveBench, which has none, from 0 to 1.
    if (metric === 'score' && settings.judge !== undefined) sink.scale(dataset, metrics.get(key) ?? '', 1, 10);
  }
  const onJudged = ({ id, turn, model, measure, value, place }: Judged) => {
    const key = turn === 1 ? id : `${id} turn ${turn}`;
    const sample = sink.sample({ dataset, key, id: key, prompt: bench.turns.get(id)?.[turn - 1], place });
    if (value === null) {
      sink.drop('unscored', place, `: ${model}`);
      return;
    }
    const tokensOut = bench.tokens.get(JSON.stringify([model, id]))?.[turn - 1];
    const answer: Answer = { tokensOut: tokensOut || undefined, repeats: true };
    sink.score(sample, model, metrics.get(settingText(measure)) ?? '', value, place, answer);
  };
  await readJudgments(judgments, dataset, onJudged, context);
}

/** FastChat: the folder names the dataset, each turn of a question is a sample, and several judges are several metrics. */
export const fastChatImporter: Importer = {
  source: 'fastchat',
  claims,
  async read(files, context) {
    const roots = new Map<string, InputFile[]>();
    for (const file of files) {
      const found = JUDGMENT.exec(file.path);
      if (found !== null) roots.set(found[1] ?? '', [...(roots.get(found[1] ?? '') ?? []), file]);
    }
    const [first] = files;
    if (roots.size === 0 && first !== undefined) {
      throw noResults({ file: first.path }, 'expected model_judgment/*.jsonl beside it: run the judge');
    }
    const benches: { bench: Bench; judgments: InputFile[] }[] = [];
    for (const [root, judgments] of roots) {
      const bench = await readBench(root, files, { signal: context.signal });
      const place = { file: judgments[0]?.path ?? root };
      const reason = `expected ${root}question.jsonl, which has the prompts`;
      if (bench.turns.size > 0) benches.push({ bench, judgments });
      else if (roots.size === 1) throw noResults(place, reason);
      else context.sink.drop('incomplete', place, `: ${reason}`);
    }
    for (const { bench, judgments } of benches) await importBench(bench, judgments, context);
  },
};
