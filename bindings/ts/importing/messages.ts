/** Finds the question in a conversation: the one place that decides which part of a conversation was asked. */
import { field, isObject, textField } from './fields.js';

const USER_ROLES = new Set(['user', 'human']);
const ANSWER_ROLES = new Set(['assistant', 'bot', 'ai', 'model', 'gpt']);

/** Lists of parts are not nested in practice; deeper nesting is an attempt to exhaust the stack. */
const DEEPEST = 8;

const roleOf = (message: unknown) => (textField(message, 'role') ?? '').toLowerCase();

/** Returns the text of a string, of a part with a text, or of a list of them; images and the like have none. */
function contentText(content: unknown, depth = 0): string {
  if (typeof content === 'string') return content;
  if (Array.isArray(content)) {
    if (depth === DEEPEST) return '';
    return content
      .map((part) => contentText(part, depth + 1))
      .filter(Boolean)
      .join('\n');
  }
  return textField(content, 'text') ?? '';
}

const isUser = (message: unknown) => USER_ROLES.has(roleOf(message));
const isAnswer = (message: unknown) => ANSWER_ROLES.has(roleOf(message));

/** Returns the last user turns, back to an answer: earlier turns are examples, or were answered. */
function askedTurns(messages: readonly unknown[]): unknown[] {
  const asked: unknown[] = [];
  for (const message of [...messages].reverse()) {
    if (isUser(message)) asked.unshift(message);
    else if (isAnswer(message) && asked.length > 0) break;
  }
  return asked;
}

/**
 * Returns the text of a prompt: a string, or, in a list of messages `{role, content}` (OpenCompass: `prompt`), the
 * question that the conversation ends with, one turn per line. Without a user's turn, all turns count. `undefined` for
 * anything else.
 */
export function promptText(prompt: unknown): string | undefined {
  if (typeof prompt === 'string') return prompt;
  if (!Array.isArray(prompt) || prompt.length === 0 || !prompt.every(isObject)) return undefined;
  const of = (message: unknown) => contentText(field(message, 'content') ?? field(message, 'prompt'));
  const asked = askedTurns(prompt);
  return (asked.length > 0 ? asked : prompt).map(of).filter(Boolean).join('\n');
}

/** Returns the question in a prompt that may be a list of messages as JSON; the prompt itself if it is not. */
export function askedIn(prompt: string): string {
  if (!/^\s*\[\s*\{/.test(prompt)) return prompt;
  try {
    return promptText(JSON.parse(prompt)) ?? prompt;
  } catch {
    return prompt; // A prompt that only looks like JSON.
  }
}
