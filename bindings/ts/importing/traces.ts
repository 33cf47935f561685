/** Joins the records of tracing tools: scores belong to traces, whose calls say what was asked, of which model. */
import { field, isObject } from './fields.js';
import { promptText } from './messages.js';
import type { Answer, ImportContext, Place } from './records.js';
import { textKey } from './text-hash.js';

const ID_DIGITS = 12;
/** Places where applications put the question in the input of a trace. */
const QUESTIONS = ['messages', 'question', 'query', 'input', 'prompt', 'text', 'user_input', 'content', 'user'];
const DEEPEST = 4;

/** Returns the value of a JSON text of an object or a list; the value itself if it is something else. */
export function unpacked(value: unknown): unknown {
  if (typeof value !== 'string' || !/^\s*[[{"]/.test(value)) return value;
  try {
    return JSON.parse(value);
  } catch {
    return value; // A text that only looks like JSON.
  }
}

/** Returns the question in the input of a trace: a text, messages, or an object with either under a usual name. */
export function questionIn(given: unknown, depth = 0): string | undefined {
  const value = unpacked(given);
  if (typeof value === 'string') return value.trim() === '' ? undefined : value;
  if (Array.isArray(value)) {
    // LangChain keeps a list of messages in a list of prompts.
    return promptText(value) || (depth < DEEPEST && value.length === 1 ? questionIn(value[0], depth + 1) : undefined);
  }
  if (!isObject(value) || depth === DEEPEST) return undefined;
  const found = QUESTIONS.map((name) => questionIn(field(value, name), depth + 1)).find((text) => text !== undefined);
  if (found !== undefined) return found;
  // The only text of an input is the question, whatever it is called.
  const texts = Object.values(value).filter((part) => typeof part === 'string' && part.trim() !== '');
  return texts.length === 1 ? (texts[0] as string) : undefined;
}

/** A score, and the trace that it belongs to. */
export interface TraceScore {
  trace: string;
  metric: string;
  value: unknown;
  place: Place;
}

/** Facts about a trace. */
export interface Trace {
  dataset?: string | undefined;
  /** The tool's key of the example that was asked, if it has one: joins the traces of several models. */
  example?: string | undefined;
  prompt?: string | undefined;
  /** The question of the first call, in place of one at the trace. */
  callPrompt?: string | undefined;
  models: Set<string>;
  /** Figures of the trace itself, which go before the sums of its calls. */
  whole: Answer;
  calls: Answer;
  hasFailed?: boolean | undefined;
}

const sum = (a: number | undefined, b: number | undefined) => (b === undefined ? a : (a ?? 0) + b);

/** The traces that scores ask for; the others take no memory. */
export class Traces {
  readonly #traces = new Map<string, Trace>();

  constructor(scores: Iterable<TraceScore>) {
    for (const { trace } of scores) this.#traces.set(trace, { models: new Set(), whole: {}, calls: {} });
  }

  get(id: string | undefined): Trace | undefined {
    return id === undefined ? undefined : this.#traces.get(id);
  }

  /** Adds the figures of a call to those of its trace. */
  addCall(trace: Trace, { costUsd, tokensIn, tokensOut }: Answer): void {
    const { calls } = trace;
    calls.costUsd = sum(calls.costUsd, costUsd);
    calls.tokensIn = sum(calls.tokensIn, tokensIn);
    calls.tokensOut = sum(calls.tokensOut, tokensOut);
  }
}

/** Passes the scores on. Traces of several models are of a system that asks all of them: it is named by them all. */
export function emitScores(
  scores: readonly TraceScore[],
  traces: Traces,
  fallback: string,
  { sink }: ImportContext,
): void {
  for (const { trace: id, metric, value, place } of scores) {
    const trace = traces.get(id);
    const prompt = trace?.prompt ?? trace?.callPrompt;
    const model = [...(trace?.models ?? [])].sort().join(' + ');
    if (trace === undefined || model === '') {
      sink.drop('incomplete', place, `: no call of a model in trace ${id}`);
      continue;
    }
    const key = trace.example ?? textKey(prompt ?? id);
    const dataset = trace.dataset || fallback;
    const sample = sink.sample({ dataset, key, id: key.slice(0, ID_DIGITS), prompt, place });
    if (trace.hasFailed) {
      sink.drop('failed', place, `: ${model}`);
      continue;
    }
    const answer: Answer = {
      costUsd: trace.whole.costUsd ?? trace.calls.costUsd,
      tokensIn: trace.whole.tokensIn ?? trace.calls.tokensIn,
      tokensOut: trace.whole.tokensOut ?? trace.calls.tokensOut,
      repeats: true,
    };
    sink.score(sample, model, metric, value, place, answer);
  }
}
