export { default as OpenAI } from 'openai';
export * as signalbox from 'signalbox/openai';
