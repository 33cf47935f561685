/** Streaming JSON. */
export { Tokenizer, TokenParser } from '@streamparser/json';
