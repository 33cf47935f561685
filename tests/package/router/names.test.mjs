// Names that mean a model of the index: aliases, spellings of makers and hosts, dated versions.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ModelNames } from '../../../dist/routing/names.js';

const MODELS = [
  ...['openai/gpt-5.5', 'openai/gpt-5.5-pro', 'openai/gpt-4o', 'openai/gpt-4o-2024-05-13', 'openai/gpt-oss-120b'],
  ...['anthropic/claude-opus-4.8', 'anthropic/claude-sonnet-4', 'anthropic/claude-sonnet-4:thinking'],
  ...['google/gemini-3.1-pro', 'google/gemma-3-27b', 'qwen/qwen2.5-72b', 'qwen/qwen3-max', 'qwen/qwen3-max-preview'],
  ...[
    'meta-llama/llama-3.1-8b',
    'amazon/nova-lite-v1',
    'x-ai/grok-4.5',
    'z-ai/glm-5.3',
    'mistralai/mistral-large-2512',
  ],
  ...['acme/same-1b', 'other/same-1b', 'deepseek/deepseek-v4-flash', 'deepseek/deepseek-v4-flash-0731', 'poet'],
].map((name) => ({ name }));
const names = new ModelNames([
  ...MODELS,
  { name: 'moonshotai/kimi-k3', aliases: ['Kimi K3', 'k3'], huggingFaceId: 'moonshotai/Kimi-K3-Instruct' },
]);

describe('a name', () => {
  for (const [what, pairs] of Object.entries({
    'of the index is itself': { 'openai/gpt-5.5': 'openai/gpt-5.5', poet: 'poet' },
    'may have other case or white space around it': { ' OpenAI/GPT-5.5 ': 'openai/gpt-5.5', POET: 'poet' },
    'may be an alias or the id of a hub': {
      'kimi k3': 'moonshotai/kimi-k3',
      K3: 'moonshotai/kimi-k3',
      'moonshotai/kimi-k3-instruct': 'moonshotai/kimi-k3',
    },
    'may lack its maker': { 'gpt-5.5': 'openai/gpt-5.5', 'claude-opus-4.8': 'anthropic/claude-opus-4.8' },
    'may have other separators': {
      'claude-opus-4-8': 'anthropic/claude-opus-4.8',
      'Claude Opus 4.8': 'anthropic/claude-opus-4.8',
      'qwen-2.5-72b-instruct': 'qwen/qwen2.5-72b',
      'llama3.1:8b': 'meta-llama/llama-3.1-8b',
    },
    'may have the prefix of a vendor, a library or a host': {
      'models/gemini-3.1-pro': 'google/gemini-3.1-pro',
      'gemini/gemini-3.1-pro': 'google/gemini-3.1-pro',
      'openai:gpt-5.5': 'openai/gpt-5.5',
      'azure/gpt-5.5': 'openai/gpt-5.5',
      'openrouter/z-ai/glm-5.3': 'z-ai/glm-5.3',
      'zai-org/GLM-5.3': 'z-ai/glm-5.3',
      'xai/grok-4.5': 'x-ai/grok-4.5',
      'mistral/mistral-large-2512': 'mistralai/mistral-large-2512',
    },
    "may be Bedrock's or Vertex's": {
      'anthropic.claude-opus-4-8-v1:0': 'anthropic/claude-opus-4.8',
      'us.anthropic.claude-opus-4-8-20260801-v1:0': 'anthropic/claude-opus-4.8',
      'bedrock/eu-west-1/anthropic.claude-sonnet-4-v1:0': 'anthropic/claude-sonnet-4',
      'openai.gpt-oss-120b-1:0': 'openai/gpt-oss-120b',
      'amazon.nova-lite-v1:0': 'amazon/nova-lite-v1',
      'vertex_ai/claude-opus-4-8@20260801': 'anthropic/claude-opus-4.8',
    },
    'may be dated, or a variant of a host': {
      'gpt-5.5-2026-08-01': 'openai/gpt-5.5',
      'claude-opus-4-8-20260801': 'anthropic/claude-opus-4.8',
      'claude-opus-4-8-latest': 'anthropic/claude-opus-4.8',
      'gpt-5.5:free': 'openai/gpt-5.5',
      'gpt-4o-2024-08-06': 'openai/gpt-4o',
      'gpt-4o-2024-05-13': 'openai/gpt-4o-2024-05-13',
    },
    'may have an ending that only some lists write': {
      'gemma-3-27b-it': 'google/gemma-3-27b',
      'google/gemini-3.1-pro-preview': 'google/gemini-3.1-pro',
      'qwen3-max-preview': 'qwen/qwen3-max-preview',
    },
    'of another version or kind is another model': {
      'gpt-5.6': null,
      'claude-opus-4': null,
      'gpt-5.5-mini': null,
      'mistral-large': null,
      'deepseek-v4-flash': 'deepseek/deepseek-v4-flash',
      'deepseek-v4-flash-0731': 'deepseek/deepseek-v4-flash-0731',
      'claude-sonnet-4:thinking': 'anthropic/claude-sonnet-4:thinking',
      'grok-4.5:thinking': null,
    },
    "of one maker is not another's": { 'anthropic/gpt-5.5': null, 'acme/same-1b': 'acme/same-1b' },
    'of nothing has no model': {
      '': null,
      ' ': null,
      '/': null,
      __proto__: null,
      constructor: null,
      'a/b/c/d': null,
    },
  })) {
    it(what, () => {
      for (const [name, model] of Object.entries(pairs)) assert.equal(names.resolve(name), model, name);
    });
  }

  it('that may mean several models means none, and says which', () => {
    assert.equal(names.resolve('same-1b'), null);
    assert.deepEqual(names.ambiguous('Same 1B'), ['acme/same-1b', 'other/same-1b']);
    assert.deepEqual(names.ambiguous('gpt-5.5'), []);
  });

  it('resolves every exact name to itself, whatever else resembles it', () => {
    for (const { name } of MODELS) assert.deepEqual(names.find(name), { model: name, grade: 0 });
  });

  it('costs bounded time', () => {
    const started = performance.now();
    for (const text of [
      '-'.repeat(1e6),
      'a.'.repeat(1e6),
      'x'.repeat(1e6),
      `${'a/'.repeat(1e5)}b`,
      '-v1:0'.repeat(1e5),
    ]) {
      assert.equal(names.resolve(text), null);
    }
    const long = [...'-._:@'].map((mark) => mark.repeat(199));
    for (const text of long) assert.equal(names.resolve(text), null);
    new ModelNames(long.map((name) => ({ name, aliases: ['-instruct'.repeat(5000)] })));
    assert.ok(performance.now() - started < 5000);
  });
});
