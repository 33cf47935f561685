/** Recognises results of tools that no importer reads, so that the message names the tool. */
import type { FileHead } from './input-file.js';
import { headColumns, headKeys } from './table.js';

export interface KnownTool {
  name: string;
  /** Lists of keys at the top of the file, of its first line or of its first entry; all keys of one list must be there. */
  keys: readonly (readonly string[])[];
  /** Says what the file is and what to do, in place of the general advice. */
  advice?: string;
}

const KNOWN_TOOLS: readonly KnownTool[] = [
  {
    name: 'EvalScope before 1.0',
    keys: [['index', 'choices', 'raw_input']],
  },
  { name: 'OpenAI Evals', keys: [['datasource_item', 'sample']] },
  { name: 'simple-evals', keys: [['score', 'metrics', 'htmls', 'convos']] },
  { name: 'LiveCodeBench', keys: [['question_content', 'graded_list']] },
  {
    name: 'SWE-bench',
    keys: [['instance_id', 'model_patch']],
    advice: 'answers to SWE-bench without scores: run its evaluation, and add its report',
  },
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

/** Returns the tool that wrote a file of these first bytes; `undefined` if it is unknown. */
export function knownTool(head: FileHead): KnownTool | undefined {
  const found = new Set(topKeys(head));
  return KNOWN_TOOLS.find(({ keys }) => keys.some((names) => names.every((name) => found.has(name))));
}

/** Says what the user can do with the files of a tool. */
export const adviceFor = ({ name, advice }: KnownTool): string =>
  advice ??
  `results of ${name}, which signalbox does not read; write a table with the columns dataset, id, prompt, model and score`;
