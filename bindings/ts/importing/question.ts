/** Finds the question that was asked within the prompt that a harness sent. */

import { textField } from './fields.js';

/** Ends of lines, and markers of chat templates: places at which the shared part of prompts may end. */
const BOUNDARY = /\n|<\|[^|<>\n]{1,40}\|>|\[\/?INST\]|<<\/?SYS>>|<\/?s>|<(?:start|end)_of_turn>(?:user|model|system)?/g;
/** Shorter texts of a document, such as a number or a letter, also stand elsewhere in a prompt. */
const SHORTEST_TEXT = 20;
/** Texts from this length on count near a longer one, in the same paragraph or turn, or if they are a question. */
const SHORTEST_NEARBY = 8;
const QUESTIONS = ['question', 'query'];
const PARAGRAPH = /\n\s*\n|<\|[^|<>\n]{1,40}\|>|\[\/?INST\]|<(?:start|end)_of_turn>/g;
const DEEPEST = 4;

/** The texts that all prompts of a file begin and end with. */
export class SharedParts {
  /** Number of prompts. */
  count = 0;
  #prefix: string | undefined;
  #suffix = '';
  /** The parts that `without` removes, kept from call to call; `undefined` after another prompt. */
  #removed: { prefix: string; suffix: string } | undefined;

  /** The text that all prompts begin with; `undefined` before the first. */
  get prefix(): string | undefined {
    return this.#prefix;
  }

  add(prompt: string): void {
    this.count += 1;
    this.#removed = undefined;
    if (this.#prefix === undefined) {
      this.#prefix = prompt;
      this.#suffix = prompt;
      return;
    }
    let shared = Math.min(this.#prefix.length, prompt.length);
    if (!prompt.startsWith(this.#prefix)) {
      shared = 0;
      while (shared < prompt.length && prompt[shared] === this.#prefix[shared]) shared += 1;
    }
    this.#prefix = this.#prefix.slice(0, shared);
    if (prompt.endsWith(this.#suffix)) return;
    let end = 0;
    const most = Math.min(this.#suffix.length, prompt.length);
    while (end < most && prompt[prompt.length - 1 - end] === this.#suffix[this.#suffix.length - 1 - end]) end += 1;
    this.#suffix = this.#suffix.slice(this.#suffix.length - end);
  }

  /** Returns whether two prompts could share a whole line or a marker at either end. */
  get mayBeCut(): boolean {
    return this.#start() > 0 || this.#end() > 0;
  }

  /**
   * Returns the prompt, or the end of one, without the lines and markers that all prompts share; all of it if nothing
   * else is left.
   */
  without(prompt: string): string {
    if (this.count < 2) return prompt;
    this.#removed ??= {
      prefix: (this.#prefix ?? '').slice(0, this.#start()),
      suffix: this.#suffix.slice(this.#suffix.length - this.#end()),
    };
    const { prefix, suffix } = this.#removed;
    const start = prompt.startsWith(prefix) ? prefix.length : 0;
    const end = prompt.endsWith(suffix) ? suffix.length : 0;
    return prompt.slice(start, Math.max(start, prompt.length - end)).trim() || prompt;
  }

  /** Returns the length of the shared beginning, up to its last boundary. */
  #start(): number {
    const last = [...(this.#prefix ?? '').matchAll(BOUNDARY)].at(-1);
    return last === undefined ? 0 : last.index + last[0].length;
  }

  /** Returns the length of the shared end, from its first boundary. */
  #end(): number {
    const first = [...this.#suffix.matchAll(BOUNDARY)][0];
    return first === undefined ? 0 : this.#suffix.length - first.index;
  }
}

function* textsOf(value: unknown, depth = 0): Generator<string> {
  if (typeof value === 'string') yield value;
  else if (typeof value === 'object' && value !== null && depth < DEEPEST) {
    for (const part of Object.values(value)) yield* textsOf(part, depth + 1);
  }
}

/**
 * Returns the prompt from the line on in which the document's own texts begin, without the examples before it;
 * `undefined` if no longer text of the document stands in the prompt. The last occurrence counts, since an example may
 * hold the same text.
 */
export function fromDocument(prompt: string, document: unknown): string | undefined {
  let start = prompt.length;
  const questions = QUESTIONS.map((name) => textField(document, name)?.trim() ?? '');
  for (const text of textsOf(document)) {
    const wanted = text.trim();
    if (wanted.length < (questions.includes(wanted) ? SHORTEST_NEARBY : SHORTEST_TEXT)) continue;
    const at = prompt.lastIndexOf(wanted);
    if (at >= 0) start = Math.min(start, at);
  }
  if (start === prompt.length) return undefined;
  const paragraph = [...prompt.slice(0, start).matchAll(PARAGRAPH)].at(-1);
  const from = paragraph === undefined ? 0 : paragraph.index + paragraph[0].length;
  const lead = prompt.slice(from, start);
  for (const text of textsOf(document)) {
    const at = text.trim().length < SHORTEST_NEARBY ? -1 : lead.lastIndexOf(text.trim());
    if (at >= 0) start = Math.min(start, from + at);
  }
  const before = [...prompt.slice(0, start).matchAll(BOUNDARY)].at(-1);
  return prompt.slice(before === undefined ? 0 : before.index + before[0].length);
}

/** The marker before a user's turn, in the chat templates that are in use. */
const USER_TURN =
  /<\|im_start\|>user\n|<\|start_header_id\|>user<\|end_header_id\|>\s*|<start_of_turn>user\n|\[INST\]|<\|user\|>/g;

/** Returns the last turn of a user, if a chat template shows several: the turns before it were answered. */
export function lastTurn(prompt: string): string | undefined {
  const turns = [...prompt.matchAll(USER_TURN)];
  const last = turns.at(-1);
  return turns.length < 2 || last === undefined ? undefined : prompt.slice(last.index + last[0].length);
}

/** Returns the text after a task's description; all of it if the description does not stand in the prompt. */
export function withoutDescription(prompt: string, description: string): string {
  const at = description === '' ? -1 : prompt.indexOf(description);
  return at < 0 ? prompt : prompt.slice(at + description.length).trimStart() || prompt;
}

/** Returns the prompt without its first `count` blocks; all of it if the prompt has no more blocks than that. */
export function withoutExamples(prompt: string, count: number, delimiter: string): string {
  if (count < 1 || delimiter === '') return prompt;
  const blocks = prompt.split(delimiter);
  return blocks.length > count ? blocks.slice(count).join(delimiter) : prompt;
}
