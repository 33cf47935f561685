/** Extracts the user's turns from a conversation in a harness's format. */
import { field, isObject, textField } from './fields.js';

const USER_ROLES = new Set(['user', 'human']);

/** Lists of parts are not nested in practice; deeper nesting is an attempt to exhaust the stack. */
const DEEPEST = 8;

/** Returns the text of a string, of a part with a text, or of a list of them. */
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

/**
 * Returns the text of a prompt: a string, or the user's turns, one per line, in a list of messages `{role, content}`
 * (OpenCompass: `prompt`). Without a user's turn, all turns count. `undefined` for anything else.
 */
export function promptText(prompt: unknown): string | undefined {
  if (typeof prompt === 'string') return prompt;
  if (!Array.isArray(prompt) || prompt.length === 0 || !prompt.every(isObject)) return undefined;
  const of = (message: unknown) => contentText(field(message, 'content') ?? field(message, 'prompt'));
  const said = prompt.filter((message) => USER_ROLES.has((textField(message, 'role') ?? '').toLowerCase()));
  return (said.length > 0 ? said : prompt).map(of).filter(Boolean).join('\n');
}
