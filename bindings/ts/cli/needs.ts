/** Parses what a prompt needs of a model, and the state of a conversation. Errors are commander's, which names the option. */
import { nearestOf } from '../options.js';
import type { ConversationState, Modality, Needs, Routing } from '../types.js';
import { InvalidArgumentError } from '../vendor/commander-node.js';
import { toList, toNonNegative, toWholeWithin } from './arguments.js';
import { UsageError } from './failures.js';

const toTokens = toWholeWithin(0, Number.MAX_SAFE_INTEGER);

/** Splits `name=value`; the value is `undefined` without `=`. */
function pairOf(item: string): [name: string, value: string | undefined] {
  const at = item.indexOf('=');
  return at < 0 ? [item, undefined] : [item.slice(0, at).trim(), item.slice(at + 1).trim()];
}

/** Parses the value of a name. Errors: commander's, which the name begins. */
function parsed<T>(name: string, value: string | undefined, parse: (text: string) => T): T {
  if (value === undefined || value === '') throw new InvalidArgumentError(`Got ${name} without a value.`);
  try {
    return parse(value);
  } catch (error) {
    throw new InvalidArgumentError(`${name} is '${value}'. ${(error as Error).message}`);
  }
}

/** Refuses a value of a name that takes none. */
function alone(name: string, value: string | undefined): true {
  if (value !== undefined) throw new InvalidArgumentError(`${name} takes no value, got '${value}'.`);
  return true;
}

/** Refuses a name that stands twice with values: one of them would be lost. */
function refuseRepeated(pairs: readonly (readonly [name: string, value: string | undefined])[]): void {
  const valued = pairs.filter(([, value]) => value !== undefined).map(([name]) => name);
  const repeated = valued.find((name, i) => valued.indexOf(name) !== i);
  if (repeated !== undefined) throw new InvalidArgumentError(`Got ${repeated}= more than once, expected it once.`);
}

/** Refuses a name that is not known. */
function unknown(name: string, expected: string): InvalidArgumentError {
  return new InvalidArgumentError(`'${name}' is not known, expected ${expected}.`);
}

/** Kinds of content by the words for them. */
const MODALITY_WORDS: ReadonlyMap<string, Modality> = new Map([
  ['vision', 'image'],
  ['image', 'image'],
  ['audio', 'audio'],
  ['video', 'video'],
  ['pdf', 'pdf'],
]);

/** Parses abilities such as `tools,vision,context=32000` for commander. */
export function toNeeds(text: string): Needs {
  const needs: Needs = {};
  const modalities = new Set<Modality>();
  const pairs = toList(text).map(pairOf);
  refuseRepeated(pairs);
  for (const [name, value] of pairs) {
    const modality = MODALITY_WORDS.get(name);
    if (name === 'context') {
      needs.context = parsed(name, value, toTokens);
      continue;
    }
    if (modality !== undefined) modalities.add(modality);
    else if (name === 'tools') needs.tools = true;
    else if (name === 'structured-output') needs.structuredOutput = true;
    else throw unknown(name, 'tools, vision, audio, video, pdf, structured-output or context=<tokens>');
    alone(name, value);
  }
  if (modalities.size > 0) needs.modalities = [...modalities];
  return needs;
}

/** Parses a state such as `model=gpt-5-mini,tokens=12000,failed` for commander. */
export function toConversationState(text: string): ConversationState {
  const pairs = toList(text).map(pairOf);
  refuseRepeated(pairs);
  const { model, ...state }: Partial<ConversationState> = Object.fromEntries(
    pairs.map(([name, value]) => {
      switch (name) {
        case 'model':
        case 'id':
          return [name, parsed(name, value, String)];
        case 'tokens':
          return [name, parsed(name, value, toTokens)];
        case 'cached-tokens':
          return ['cachedTokens', parsed(name, value, toTokens)];
        case 'answer-usd':
          return ['answerUsd', parsed(name, value, toNonNegative)];
        case 'failed':
          return [name, alone(name, value)];
        case 'mid-task':
          return ['midTask', alone(name, value)];
        default:
          throw unknown(name, 'model, tokens, cached-tokens, failed, mid-task, answer-usd or id');
      }
    }),
  );
  if (model === undefined) throw new InvalidArgumentError('Got no model=<name>, the model that answered last.');
  return { ...state, model };
}

/** Refuses a conversation whose model the index lacks. Errors: `UsageError`. */
export function refuseUnknownModel(router: Pick<Routing, 'resolve' | 'info'>, state: ConversationState): void {
  const { model } = state;
  if (router.resolve(model) !== null) return;
  const names = router.info.models.map(({ name }) => name);
  throw new UsageError(
    `--conversation: got model=${model}${nearestOf(model, names) || ','} expected a model of the index`,
    'signalbox route',
  );
}
