/** All importers. To add one: docs/build.md, "An importer in an hour". */
import type { Importer } from './importer.js';
import { alpacaEvalImporter } from './sources/alpaca-eval.js';
import { bfclImporter } from './sources/bfcl.js';
import { codeTestsImporter } from './sources/code-tests.js';
import { deepEvalImporter } from './sources/deepeval.js';
import { evalScopeImporter } from './sources/evalscope.js';
import { everyEvalEverImporter } from './sources/every-eval-ever.js';
import { fastChatImporter } from './sources/fastchat.js';
import { helmImporter } from './sources/helm.js';
import { inspectImporter } from './sources/inspect.js';
import { langfuseImporter } from './sources/langfuse.js';
import { langSmithImporter } from './sources/langsmith.js';
import { lightEvalImporter } from './sources/lighteval.js';
import { llmRouterImporter } from './sources/llmrouter.js';
import { llmRouterBenchImporter } from './sources/llmrouterbench.js';
import { lmEvalImporter } from './sources/lm-eval.js';
import { lmmsEvalImporter } from './sources/lmms-eval.js';
import { longImporter } from './sources/long.js';
import { mixInstructImporter } from './sources/mixinstruct.js';
import { openAiEvalsImporter } from './sources/openai-evals.js';
import { openCompassImporter } from './sources/opencompass.js';
import { promptfooImporter } from './sources/promptfoo.js';
import { routeLlmImporter } from './sources/routellm.js';
import { routerBenchImporter } from './sources/routerbench.js';
import { sweBenchImporter } from './sources/swe-bench.js';
import { wideImporter } from './sources/wide.js';

/** Importers of what tools write. A file is claimed by at most one of them. */
export const TOOL_IMPORTERS: readonly Importer[] = [
  helmImporter,
  lmEvalImporter,
  lmmsEvalImporter,
  openCompassImporter,
  inspectImporter,
  alpacaEvalImporter,
  promptfooImporter,
  evalScopeImporter,
  lightEvalImporter,
  openAiEvalsImporter,
  fastChatImporter,
  codeTestsImporter,
  bfclImporter,
  deepEvalImporter,
  langfuseImporter,
  langSmithImporter,
  sweBenchImporter,
  everyEvalEverImporter,
  routerBenchImporter,
  routeLlmImporter,
  mixInstructImporter,
  llmRouterImporter,
  llmRouterBenchImporter,
];

/** Our own plain forms: they accept any table with the right columns, so every other importer goes first. */
export const PLAIN_IMPORTERS: readonly Importer[] = [longImporter, wideImporter];

export const IMPORTERS: readonly Importer[] = [...TOOL_IMPORTERS, ...PLAIN_IMPORTERS];
