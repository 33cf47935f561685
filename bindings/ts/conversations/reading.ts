/** Reads a conversation: the text that decides, its tokens, what it needs of a model, and whether a task is under way. */
import { described, invalid, isPlainObject } from '../options.js';
import type { Conversation, ConversationFacts, Modality, Needs } from '../types.js';
import { decidingText, isShort, partsOf, roleOf, turnsOf } from './turns.js';

/** A conversation that was read. */
export interface Said {
  /** The text that decides. */
  text: string;
  /** The estimated tokens of everything that would be sent. */
  promptTokens: number;
  conversation: ConversationFacts;
}

/** Longer conversations are refused. */
const MOST_MESSAGES = 100_000;

/** Kinds of content by the types of parts, where the type says it. */
const BY_TYPE: readonly [RegExp, Modality][] = [
  [/^(?:input_)?image(?:[-_](?:url|data|file-id|file-reference))?$|^computer_screenshot$/, 'image'],
  [/^(?:input_)?audio(?:_url)?$/, 'audio'],
  [/^(?:input_)?video(?:_url)?$/, 'video'],
];

/** The AI SDK also takes `image` alone. */
const BY_MEDIA_TYPE = /^(image|audio|video)(?:\/|$)|^application\/(pdf)\b/i;
const BY_NAME: readonly [RegExp, Modality][] = [
  [/\.pdf$/i, 'pdf'],
  [/\.(?:png|jpe?g|gif|webp|avif|heic)$/i, 'image'],
  [/\.(?:mp3|wav|ogg|m4a|flac)$/i, 'audio'],
  [/\.(?:mp4|webm|mov)$/i, 'video'],
];

/** Tokens that an image or another file is counted as: none is larger with the usual providers' default detail. */
const TOKENS_OF_FILE = 1500;

const first = (list: readonly [RegExp, Modality][], text: string): Modality | undefined =>
  list.find(([pattern]) => pattern.test(text))?.[1];

/** Returns the kind of content of a part that is not text; `undefined` for any other, and for files of unknown kinds. */
function modalityOf(part: unknown): Modality | undefined {
  const { type, ...fields } = (part ?? {}) as Record<string, unknown>;
  if (typeof type !== 'string') return undefined;
  const byType = first(BY_TYPE, type);
  if (byType !== undefined) return byType;
  if (!/file$|^file-(?:data|url|id|reference)$|^document$|^media$/.test(type)) return undefined;
  const file = isPlainObject(fields.file) ? fields.file : {};
  const source = isPlainObject(fields.source) ? fields.source : {};
  const texts = (...values: unknown[]) => values.filter((value) => typeof value === 'string');
  for (const media of texts(fields.mediaType, fields.mimeType, fields.mime_type, source.media_type)) {
    const found = BY_MEDIA_TYPE.exec(media);
    if (found !== null) return (found[1] ?? found[2])?.toLowerCase() as Modality;
  }
  for (const data of texts(fields.data, fields.url, fields.file_data, file.file_data)) {
    const found = BY_MEDIA_TYPE.exec(/^data:([^;,]{1,80})/.exec(data)?.[1] ?? '');
    if (found !== null) return (found[1] ?? found[2])?.toLowerCase() as Modality;
  }
  for (const name of texts(fields.filename, file.filename)) {
    const found = first(BY_NAME, name);
    if (found !== undefined) return found;
  }
  return undefined;
}

const isBytes = (value: unknown): boolean =>
  ArrayBuffer.isView(value) || Object.prototype.toString.call(value) === '[object ArrayBuffer]';

/**
 * Returns a value as JSON, which tells its length; nothing for values that JSON cannot say. Files are put into the list
 * instead, also those in the results of tools. Other bytes count as so many characters.
 */
function jsonOf(value: unknown, files: Modality[]): string {
  if (value === undefined || value === null) return '';
  if (typeof value === 'string') return value;
  function withoutFiles(this: Record<string, unknown>, key: string, said: unknown): unknown {
    // A `Buffer` has said all its numbers by then.
    const held = this[key];
    // The arguments of a call are the model's own.
    if (key === 'input' || key === 'args') return jsonOf(said, []);
    const modality = modalityOf(held);
    if (modality !== undefined) {
      files.push(modality);
      return undefined;
    }
    return isBytes(held) ? 'x'.repeat((held as ArrayBufferView | ArrayBuffer).byteLength) : said;
  }
  try {
    return JSON.stringify(value, withoutFiles) ?? '';
  } catch {
    return '';
  }
}

/** Returns what else a model reads of a message: calls of tools, and their results. Puts its files into the list. */
function furtherText(message: unknown, files: Modality[]): string {
  const { tool_calls, arguments: args, output } = (message ?? {}) as Record<string, unknown>;
  const parts = partsOf(message).filter((part) => {
    const { text } = (part ?? {}) as { text?: unknown };
    return typeof part === 'object' && typeof text !== 'string';
  });
  return [tool_calls, args, output, ...parts].map((value) => jsonOf(value, files)).join('');
}

/** Types of parts and items that call a tool, or have the result of a call, in any of the shapes. */
const TOOL_PART = /^tool[-_]|^dynamic-tool$|_call(?:_output)?$|_tool_(?:use|result)$/;

/** Returns whether a message calls a tool, or has the result of a call. */
function hasToolCall(message: unknown): boolean {
  const { type, tool_calls } = (message ?? {}) as Record<string, unknown>;
  const typeOf = (part: unknown) => String((part as { type?: unknown } | null)?.type);
  return (
    roleOf(message) === 'tool' ||
    (Array.isArray(tool_calls) && tool_calls.length > 0) ||
    TOOL_PART.test(String(type)) ||
    partsOf(message).some((part) => TOOL_PART.test(typeOf(part)))
  );
}

const isConversationKey = (key: string) => ['messages', 'system', 'tools'].includes(key);

/** Returns whether an input is meant as a conversation. */
export const isConversation = (input: unknown): input is Conversation =>
  typeof input === 'object' && input !== null && 'messages' in input;

function check(input: Conversation, where: string): void {
  const { messages, system, tools } = input;
  const other = Object.keys(input).find((key) => !isConversationKey(key));
  if (other !== undefined)
    throw invalid(`${where}: '${other.slice(0, 40)}' is not known, expected messages, system, tools`);
  if (!Array.isArray(messages)) throw invalid(`${where}: messages is ${described(messages)}, expected a list`);
  if (messages.length === 0 || messages.length > MOST_MESSAGES) {
    throw invalid(`${where}: messages has ${messages.length} entries, expected 1 to ${MOST_MESSAGES}`);
  }
  const wrong = messages.findIndex(
    (message) => typeof message !== 'object' || message === null || Array.isArray(message),
  );
  if (wrong >= 0) {
    throw invalid(
      `${where}: message ${wrong} is ${described(messages[wrong])}, expected an object with role and content`,
    );
  }
  if (turnsOf(messages).length === 0) throw invalid(`${where}: no message has a role, expected 'user' for one of them`);
  if (system !== undefined && system !== null && typeof system !== 'string') {
    throw invalid(`${where}: system is ${described(system)}, expected a text`);
  }
  if (tools !== undefined && tools !== null && typeof tools !== 'object') {
    throw invalid(`${where}: tools is ${described(tools)}, expected a list or an object`);
  }
}

/** Returns whether a task is under way: a tool was called since the user's last turn, or that turn only goes on. */
function isMidTask(messages: readonly unknown[]): boolean {
  const last = messages.map(roleOf).lastIndexOf('user');
  if (messages.slice(last + 1).some(hasToolCall)) return true;
  const answered = messages.slice(0, Math.max(last, 0)).some((message) => roleOf(message) === 'assistant');
  return answered && isShort(turnsOf([messages[last]])[0]?.text ?? '');
}

/**
 * Reads a conversation. `tokensOf` estimates the tokens of a text. Errors: `invalid_argument` for anything but messages with
 * roles.
 */
export function readConversation(input: Conversation, where: string, tokensOf: (text: string) => number): Said {
  check(input, where);
  const { messages, system, tools } = input;
  const turns = turnsOf(messages);
  const files: Modality[] = [];
  const further = messages.map((message) => furtherText(message, files));
  const modalities = [...new Set(files)].sort();
  const hasTools = tools != null && Object.keys(tools).length > 0;
  const texts = [system ?? '', ...turns.map(({ text }) => text), ...further, jsonOf(tools, [])];
  const promptTokens = texts.reduce((sum, text) => sum + tokensOf(text), TOKENS_OF_FILE * files.length);
  const lastTurn = turns.filter(({ role }) => role === 'user').at(-1)?.text ?? '';
  const needs: Needs = {};
  if (modalities.length > 0) needs.modalities = modalities;
  if (hasTools || messages.some(hasToolCall)) needs.tools = true;
  const tokensBefore = promptTokens - tokensOf(lastTurn);
  return {
    text: decidingText(turns),
    promptTokens,
    conversation: { needs, tokensBefore, midTask: isMidTask(messages) },
  };
}
