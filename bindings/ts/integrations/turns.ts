/** Reads the text that decides from the messages of a conversation, in the shapes of OpenAI, the AI SDK and LangChain. */

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
const ROLES: Readonly<Record<string, string>> = { human: 'user', ai: 'assistant' };

/** Returns the messages that have a role, or LangChain's type of one; anything else is left out. */
export function turnsOf(messages: unknown): Turn[] {
  if (!Array.isArray(messages)) return [];
  return messages.flatMap((message: unknown) => {
    const { role, type, content } = (message ?? {}) as { role?: unknown; type?: unknown; content?: unknown };
    const found = typeof role === 'string' ? role : ROLES[String(type)];
    return found === undefined ? [] : [{ role: found, text: textOf(content) }];
  });
}

/**
 * Returns the text that a decision is about: the user's last turn, and if that has fewer than eight words, the end of the
 * answer before it, too. System prompts and tools do not count. Empty if the user said nothing.
 */
export function decidingText(turns: readonly Turn[]): string {
  const said = turns.filter(({ text }) => text.trim() !== '');
  const last = said.map(({ role }) => role).lastIndexOf('user');
  const { text } = said[last] ?? { text: '' };
  if ((text.match(WORD)?.length ?? 0) >= FEWEST_WORDS) return text;
  const answered = said.slice(0, Math.max(last, 0)).filter(({ role }) => role === 'assistant');
  const before = answered[answered.length - 1];
  return before === undefined ? text : `${before.text.slice(-MOST_ANSWERED)}\n${text}`;
}
