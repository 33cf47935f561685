/** Parts of the addresses of chats. */
import { cut } from '../limits.js';
import type { ChatLink } from './chat.js';

/** Some servers refuse longer addresses. */
export const LONGEST_ADDRESS = 2000;

/** Lone surrogates cannot be URL-encoded. */
export const encode = (text: string) => encodeURIComponent(text.replace(/\p{Surrogate}/gu, '\ufffd'));

/** Appends as much of the prompt as the address has room for. */
export function withPrompt(address: string, { origin, prompt }: ChatLink): string {
  const room = LONGEST_ADDRESS - origin.length - address.length - '&prompt='.length;
  let length = Math.min(prompt.length, Math.max(0, room));
  let encoded = encode(cut(prompt, length));
  while (encoded.length > room && length > 0) {
    // An encoded UTF-16 unit takes nine characters at most.
    length -= Math.max(1, Math.ceil((encoded.length - room) / 9));
    encoded = encode(cut(prompt, length));
  }
  return encoded === '' ? address : `${address}&prompt=${encoded}`;
}
