/** The text of a person's turns in a conversation, as the files of harnesses hold it. */
import { field, isObject, textField } from './fields.js';

const PERSON = new Set(['user', 'human']);

/** Lists of parts are not nested; what goes deeper was made to exhaust the stack. */
const DEEPEST = 8;

/** A string, a part with a text, or a list of them. */
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
 * A prompt that is a string, or a list of messages `{role, content}` (OpenCompass says `prompt`): what the person said, line by line;
 * everything where nobody is a person. Undefined for anything else.
 */
export function promptText(prompt: unknown): string | undefined {
  if (typeof prompt === 'string') return prompt;
  if (!Array.isArray(prompt) || prompt.length === 0 || !prompt.every(isObject)) return undefined;
  const of = (message: unknown) => contentText(field(message, 'content') ?? field(message, 'prompt'));
  const said = prompt.filter((message) => PERSON.has((textField(message, 'role') ?? '').toLowerCase()));
  return (said.length > 0 ? said : prompt).map(of).filter(Boolean).join('\n');
}
