/** Reads the input of `signalbox route`: a prompt, from the command line or a pipe, or a conversation. */
import process from 'node:process';
import { readTextFile } from '../files/disk/text.js';
import { described, invalid, isPlainObject } from '../options.js';
import type { Conversation } from '../types.js';
import { UsageError } from './failures.js';
import { readStandardInput } from './prompt-files.js';

/** Returns the prompt of the command line, or with `-` or a pipe that of standard input, which then must not be empty. */
async function promptOf(prompt: string | undefined): Promise<string> {
  if (prompt === '-') return readStandardInput();
  const text = prompt ?? (process.stdin.isTTY ? '' : await readStandardInput());
  if (prompt === undefined && text.trim() === '') {
    throw new UsageError(
      "a prompt is missing (argument 'prompt'): give one, or --file, or --messages, or pipe it in",
      'signalbox route',
    );
  }
  return text;
}

/**
 * Reads a conversation: a list of messages, or an object that has one, such as a request to a provider, of which the other
 * members are not read. `-` is standard input. The router checks the messages. Errors: `network`; `invalid_argument` for
 * anything else.
 */
async function readConversation(file: string): Promise<Conversation> {
  const isPiped = file === '-';
  const name = isPiped ? 'standard input' : file;
  const text = isPiped ? await readStandardInput() : await readTextFile(file);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw invalid(`${name} is not JSON: ${(cause as Error).message}`, cause);
  }
  if (Array.isArray(value)) return { messages: value };
  if (isPlainObject(value) && 'messages' in value) {
    const { messages, system, tools } = value as unknown as Conversation;
    return { messages, system, tools };
  }
  const got = isPlainObject(value) ? 'an object without messages' : described(value);
  throw invalid(`${name} is ${got}, expected a list of messages or { messages, system, tools }`);
}

/** Returns the conversation in the file `messages`, if it is given, else the prompt. Errors: `UsageError` for both or none. */
export async function inputOf(
  prompt: string | undefined,
  messages: string | undefined,
): Promise<string | Conversation> {
  if (messages === undefined) return promptOf(prompt);
  if (prompt === undefined) return readConversation(messages);
  throw new UsageError('a prompt and --messages are given, expected one of them', 'signalbox route');
}
