/** Messages between a page and the worker that builds an index, makes a plan, says what to grade next or adds a model. */
import type { LentEmbedder } from './lent-embedder.js';

export interface BuildQuestion {
  call: 'build' | 'plan' | 'next' | 'anchors' | 'addModel';
  /** Files with their paths: the path below a chosen folder is lost when a file is sent. */
  files: { file: File; path: string }[];
  /** Options of the call, which the worker checks, without those that stay on the page's side. */
  options: Record<string, unknown>;
  embedder: string | LentEmbedder | undefined;
}

export type BuildProgress = { step: string; done: number; total: number };
