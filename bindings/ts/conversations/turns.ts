/** Reads the text that decides from the messages of a conversation, in the shapes of OpenAI, the AI SDK and LangChain. */

import type { Conversation } from '../types.js';

/** A message, as far as its text goes. */
export interface Turn {
  role: string;
  text: string;
}

/** A user's turn with fewer words is read together with the turn that it answers: "yes", "go on", "the second one". */
const FEWEST_WORDS = 8;

/** Characters of an answered turn that are read: its end, where a question or a plan stands. */
const MOST_ANSWERED = 2000;

const WORD = /[\p{L}\p{N}]+/gu;

/** Returns the parts of a message: those of its content, or of a message of the AI SDK for interfaces its `parts`. */
export function partsOf(message: unknown): readonly unknown[] {
  const { content, parts } = (message ?? {}) as { content?: unknown; parts?: unknown };
  const list = content ?? parts;
  if (Array.isArray(list)) return list;
  return list === undefined || list === null ? [] : [list];
}

/** Returns the text of a message's content: a text, or a list of parts of which those with a `text` count. */
export function textOf(content: unknown): string {
  if (typeof content === 'string') return content;
  if (!Array.isArray(content)) return '';
  const texts = content.map((part: unknown) => {
    if (typeof part === 'string') return part;
    const { text, type } = (part ?? {}) as { text?: unknown; type?: unknown };
    return typeof text === 'string' && type !== 'reasoning' ? text : '';
  });
  return texts.filter((text) => text !== '').join('\n');
}

/** Roles by the types of LangChain's messages. */
const ROLES: Readonly<Record<string, string>> = { human: 'user', ai: 'assistant', system: 'system', tool: 'tool' };

/** Returns the role of a message, or that of LangChain's type of one. */
export function roleOf(message: unknown): string | undefined {
  const { role, type } = (message ?? {}) as { role?: unknown; type?: unknown };
  if (typeof role === 'string') return role;
  return typeof type === 'string' && Object.hasOwn(ROLES, type) ? ROLES[type] : undefined;
}

/** Returns the messages that have a role, or LangChain's type of one; anything else is left out. */
export function turnsOf(messages: unknown): Turn[] {
  if (!Array.isArray(messages)) return [];
  return messages.flatMap((message: unknown) => {
    const role = roleOf(message);
    return role === undefined ? [] : [{ role, text: textOf(partsOf(message)) }];
  });
}

/** Returns whether a user's turn is too short to be read alone. */
export const isShort = (text: string): boolean => (text.match(WORD)?.length ?? 0) < FEWEST_WORDS;

/**
 * Returns the text that a decision is about: the user's last turn, and if that has fewer than eight words, the end of the
 * answer before it, too. System prompts and tools do not count. Empty if the user said nothing.
 */
export function decidingText(turns: readonly Turn[]): string {
  const said = turns.filter(({ text }) => text.trim() !== '');
  const last = said.map(({ role }) => role).lastIndexOf('user');
  const { text } = said[last] ?? { text: '' };
  if (!isShort(text)) return text;
  const answered = said.slice(0, Math.max(last, 0)).filter(({ role }) => role === 'assistant');
  const before = answered[answered.length - 1];
  return before === undefined ? text : `${before.text.slice(-MOST_ANSWERED)}\n${text}`;
}

/**
 * Returns messages from outside as an input of a router, with what stands beside them: the conversation, or an empty prompt
 * if there is no message.
 */
export function inputOf(messages: unknown, beside: { system?: unknown; tools?: unknown } = {}): Conversation | string {
  const { system, tools } = beside;
  if (typeof messages === 'string') {
    const message = { role: 'user', content: messages };
    return typeof tools === 'object' || typeof system === 'string' ? inputOf([message], beside) : messages;
  }
  if (turnsOf(messages).length === 0) return '';
  const conversation: Conversation = {
    messages: (messages as unknown[]).filter((message) => typeof message === 'object' && message !== null) as object[],
  };
  if (typeof system === 'string') conversation.system = system;
  if (typeof tools === 'object' && tools !== null) conversation.tools = tools as readonly object[];
  return conversation;
}
