/** Benchmarks that run the code of answers: EvalPlus, BigCodeBench, and OpenAI's HumanEval. */
import { field, kindOf, requiredObject, requiredText, textField } from '../fields.js';
import type { Importer } from '../importer.js';
import { badInput, type FileHead, headOf, type InputFile, noResults, type ReadFileOptions } from '../input-file.js';
import { type JsonPart, readJsonLines, readJsonParts } from '../json.js';
import type { ImportContext, Place } from '../records.js';
import { nameRuns, type Run, settingsOf } from '../runs.js';
import { headKeys } from '../table.js';

const RESULTS = /^(.*?)[_.-]?eval_results\.json$/i;
const PASSED_LINES = /^(.*?)(?:\.jsonl)?_results\.jsonl$/i;
/** `Qwen--Qwen2.5_vllm_temp_0.0` of EvalPlus. */
const EVALPLUS_NAME = /^(.+?)_(?:vllm|hf|openai|anthropic|google|bedrock|ollama|gptqmodel|mistral)_temp_([\d.]+)$/i;
/** `Qwen--Qwen2.5--main--bigcodebench-instruct--vllm-0-1` of BigCodeBench. */
const BIGCODEBENCH_NAME =
  /^(.+?)(?:--(main|[0-9a-f]{7,40}))?--bigcodebench-(?:hard-)?(complete|instruct)--[a-z]+-([\d.]+)-\d+$/i;
/** Steps of the tools, which do not tell models apart. */
const STEPS = /[-_.](sanitized|calibrated|raw|jsonl)$/i;
/** Names of files that do not name the model: there, the folder does. */
const GENERAL = /^(samples?|completions?|solutions?|answers?|results?|outputs?|humaneval|mbpp|)$/i;
const DOCSTRING = /("""|''')([\s\S]*?)\1/;
const PROMPTS = ['instruct_prompt', 'prompt', 'complete_prompt'];
const FIRST_TASK = /"task_id"\s*:\s*"([^"/]+)/;

function isProblems(keys: readonly string[]): boolean {
  return keys.includes('task_id') && keys.includes('entry_point') && PROMPTS.some((name) => keys.includes(name));
}

const isAnswers = (keys: readonly string[]) =>
  keys.includes('task_id') && ['solution', 'completion', 'raw_solution'].some((name) => keys.includes(name));

const isPassedLines = (keys: readonly string[]) => keys.includes('task_id') && keys.includes('passed');

function claims(_file: InputFile, { name, text }: FileHead): boolean {
  const keys = headKeys(text.trimStart());
  if (name.endsWith('.json')) {
    return (
      RESULTS.test(name) &&
      keys.includes('eval') &&
      (/"(base_)?status"\s*:/.test(text) || /"eval"\s*:\s*\{\s*\}/.test(text))
    );
  }
  return /\.(jsonl|ndjson)$/.test(name) && (isProblems(keys) || isAnswers(keys) || isPassedLines(keys));
}

/** The results of one model. */
interface Results {
  file: InputFile;
  isLines: boolean;
  run: Run;
}

/** Returns the name of a model, and settings, in the name of a file or its folder. */
function modelIn(path: string): Pick<Run, 'model' | 'modelSettings' | 'taskSettings'> {
  const [name = '', folder = ''] = path.replace(/\.gz$/i, '').split('/').reverse();
  let stem = RESULTS.exec(name)?.[1] ?? PASSED_LINES.exec(name)?.[1] ?? name;
  while (STEPS.test(stem)) stem = stem.replace(STEPS, '');
  if (GENERAL.test(stem)) stem = folder;
  const [, code, revision, split, heat] = BIGCODEBENCH_NAME.exec(stem) ?? [];
  const [, plus, temperature] = EVALPLUS_NAME.exec(stem) ?? [];
  const model = (code ?? plus ?? stem).replaceAll('--', '/');
  if (model === '') throw badInput({ file: path }, 'expected a name of a file, or of its folder, that names the model');
  return {
    model,
    modelSettings: settingsOf({ temperature: heat ?? temperature, revision }),
    taskSettings: settingsOf({ split }),
  };
}

async function resultsOf(file: InputFile, options: ReadFileOptions): Promise<Results | undefined> {
  const { name, text } = await headOf(file, options);
  const isLines = !name.endsWith('.json');
  if (isLines && !isPassedLines(headKeys(text.trimStart()))) return undefined;
  // EvalPlus's keys are the tasks, and its first entry names the task again.
  const dataset = FIRST_TASK.exec(text)?.[1] ?? 'code';
  return { file, isLines, run: { dataset, ...modelIn(file.path) } };
}

async function readPrompts(files: readonly InputFile[], options: ReadFileOptions): Promise<Map<string, unknown>> {
  const prompts = new Map<string, unknown>();
  for (const file of files) {
    const { name, text } = await headOf(file, options);
    if (name.endsWith('.json') || !isProblems(headKeys(text.trimStart()))) continue;
    await readJsonLines(file, (line) => prompts.set(textField(line, 'task_id') ?? '', line), options);
  }
  return prompts;
}

/** Returns the text of a problem: for BigCodeBench, of the split that was asked. */
function promptOf(problem: unknown, split: string | undefined): string | undefined {
  const names = split === undefined ? PROMPTS : [`${split}_prompt`, ...PROMPTS];
  return names.map((name) => textField(problem, name)).find((text) => text !== undefined && text !== '');
}

const passed = (status: unknown) => (typeof status === 'string' ? Number(status === 'pass') : null);

/** Returns the scores of an answer. EvalPlus counts an answer as right on both sets of tests only. */
function scoresOf(entry: unknown): [metric: string, value: number | null][] {
  const [base, plus] = [field(entry, 'base_status'), field(entry, 'plus_status')];
  if (base === undefined) return [['pass', passed(field(entry, 'status'))]];
  const both = base === 'pass' ? passed(plus) : plus === null ? null : 0;
  return [
    ['base', passed(base)],
    ...(plus === null || plus === undefined ? [] : [['plus', both] as [string, number | null]]),
  ];
}

class ResultsReader {
  readonly #context: ImportContext;
  readonly #prompts: ReadonlyMap<string, unknown>;

  constructor(prompts: ReadonlyMap<string, unknown>, context: ImportContext) {
    this.#prompts = prompts;
    this.#context = context;
  }

  async read({ file, isLines, run }: Results, dataset: string, model: string): Promise<void> {
    const split = run.taskSettings.split;
    if (isLines) {
      const onLine = (value: unknown, line: number) => {
        const place = { file: file.path, line };
        const entry = requiredObject(value, place, 'the line');
        const task = requiredText(entry, place, 'task_id');
        const score = field(entry, 'passed');
        this.#take(
          task,
          entry,
          [['passed', typeof score === 'boolean' ? Number(score) : null]],
          { dataset, model, split },
          place,
        );
      };
      await readJsonLines(file, onLine, this.#context);
      return;
    }
    const onPart = ({ value, path }: JsonPart) => {
      const task = String(path[1]);
      const place = { file: file.path };
      if (!Array.isArray(value)) throw badInput(place, `expected a list at 'eval.${task}', got ${kindOf(value)}`);
      for (const entry of value) this.#take(task, entry, scoresOf(entry), { dataset, model, split }, place);
    };
    await readJsonParts(file, ['$.eval.*'], onPart, this.#context);
  }

  #take(
    task: string,
    entry: unknown,
    scores: [string, number | null][],
    { dataset, model, split }: { dataset: string; model: string; split: string | undefined },
    place: Place,
  ): void {
    const { sink } = this.#context;
    const docstring = DOCSTRING.exec(textField(entry, 'solution') ?? '')?.[2]?.trim();
    const prompt = promptOf(this.#prompts.get(task), split) ?? docstring;
    const sample = sink.sample({ dataset, key: task, id: task, prompt, place });
    for (const [metric, value] of scores) {
      if (value === null) sink.drop('unscored', place, `: ${model}: ${task}`);
      else sink.score(sample, model, metric, value, place, { repeats: true });
    }
  }
}

/**
 * EvalPlus, BigCodeBench, HumanEval: the file or its folder names the model, the task's prefix the dataset. Several answers
 * to a task are averaged. The prompts come from the problems, a JSONL file beside the results; without it, from the
 * docstrings of the solutions.
 */
export const codeTestsImporter: Importer = {
  source: 'code-tests',
  claims,
  async read(files, context) {
    const options = { signal: context.signal };
    const all: Results[] = [];
    for (const file of files) {
      const results = await resultsOf(file, options);
      if (results !== undefined) all.push(results);
    }
    const [first] = files;
    if (all.length === 0 && first !== undefined) {
      throw noResults(
        { file: first.path },
        'answers or problems of HumanEval, EvalPlus or BigCodeBench without scores: run the evaluation, and add its results',
      );
    }
    const prompts = await readPrompts(files, options);
    const linesOnly = all.find(({ isLines }) => isLines);
    if (prompts.size === 0 && linesOnly !== undefined) {
      throw badInput(
        { file: linesOnly.file.path },
        'expected the problems beside it, which have the prompts: HumanEval.jsonl',
      );
    }
    const names = nameRuns(all.map(({ run }) => run));
    const reader = new ResultsReader(prompts, context);
    for (const [i, results] of all.entries()) {
      await reader.read(results, names[i]?.dataset ?? '', names[i]?.model ?? '');
    }
  },
};
