// Names that blocks of code use without declaring them: given.mjs has their values.
import type { Embedder, Feedback, RouteInput, Router } from 'signalbox';

declare global {
  var router: Router;
  var prompts: string[];
  var messages: { role: 'system' | 'user' | 'assistant'; content: string }[];
  var tools: { type: 'function'; function: { name: string; description: string; parameters: object } }[];
  var answers: Record<string, string>[];
  var files: File[];
  var resultFile: File;
  var onconnect: (event: MessageEvent) => void;
  var input: { files: File[]; value: string; onchange: (() => void) | null; oninput: (() => void) | null };
  var signal: AbortSignal;
  var feedback: Feedback[];
  var embedder: Embedder;
  function ask(model: string | null, prompt: RouteInput): Promise<string>;
  var graded: { answer: string; other: string; correct: boolean }[];
  var cheap: string;
  var strong: string;
  var another: string;
  function grade(index: number, candidates: string[]): Record<string, boolean>;
  function show(...values: unknown[]): void;
  function save(...values: unknown[]): void;

  // What other packages export, and what users make of it.
  var apiKey: string;
  var browser: string;
  // biome-ignore-start lint/suspicious/noExplicitAny: the checks need none of these packages
  var models: Record<string, any>;
  var Agent: any;
  var ChatOpenAI: any;
  var LanguageModel: any;
  var OpenAI: any;
  var Runner: any;
  var createAgent: any;
  var createMiddleware: any;
  var createProviderRegistry: any;
  var generateText: any;
  var google: any;
  var openai: any;
  // biome-ignore-end lint/suspicious/noExplicitAny: the checks need none of these packages
}
