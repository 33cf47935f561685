/** Recognises results of tools that no importer reads, so that the message names the tool. */
import type { FileHead, InputFile } from './input-file.js';
import { headColumns, headKeys } from './table.js';

export interface KnownTool {
  name: string;
  /** Lists of keys at the top of the file, of its first line or of its first entry; all keys of one list must be there. */
  keys?: readonly (readonly string[])[];
  path?: RegExp;
  /** Text that the beginning of the file must also contain. */
  text?: RegExp;
  /** Advice that replaces the general one. */
  hint?: string;
}

const NO_SCORES = 'these are answers without scores: run its evaluation, and write a table';
const TABLE = 'write a table';

const KNOWN_TOOLS: readonly KnownTool[] = [
  {
    name: 'EvalScope',
    keys: [['index', 'choices', 'raw_input']],
    hint: 'run it with EvalScope 1.0 or later, or write a table',
  },
  { name: 'OpenAI Evals', keys: [['datasource_item', 'sample']] },
  { name: 'simple-evals', keys: [['score', 'metrics', 'htmls', 'convos']] },
  { name: 'LiveCodeBench', keys: [['question_content', 'graded_list']] },
  { name: 'SWE-bench', keys: [['instance_id', 'model_patch']], hint: NO_SCORES },
  {
    name: 'ragas',
    keys: [
      ['user_input', 'retrieved_contexts', 'response'],
      ['question', 'contexts', 'ground_truth'],
      ['question', 'contexts', 'faithfulness'],
    ],
  },
  { name: 'Braintrust', keys: [['root_span_id', 'span_attributes']] },
];

const JSON_NAME = /\.(jsonl?|ndjson)$/;

/** Returns the keys at the top of JSON, or the header of a table. */
function topKeys(head: FileHead): string[] {
  if (!JSON_NAME.test(head.name)) return headColumns(head);
  const text = head.text.replace(/^\s*(\[\s*)?/, '');
  return text.startsWith('{') ? headKeys(text) : [];
}

/** Returns the tool that wrote a file; `undefined` if it is unknown, or if an importer reads its files. */
export function knownTool({ path }: InputFile, head: FileHead): KnownTool | undefined {
  const keys = new Set(topKeys(head));
  return KNOWN_TOOLS.find((tool) => {
    if (tool.path?.test(path)) return true;
    if (tool.text?.test(head.text) === false) return false;
    return tool.keys?.some((names) => names.every((name) => keys.has(name)));
  });
}

/** Says what the user can do with the files of a tool. */
export const adviceFor = ({ name, hint = TABLE }: KnownTool): string =>
  `results of ${name}, which signalbox does not read; ${hint} with the columns dataset, id, prompt, model and score`;
