// What an input needs of a model: given needs, those that messages show, and models that are no longer offered.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { buildIndex } from '../../../dist/build.js';
import { Router } from '../../../dist/index.js';
import { clock } from '../../../dist/routing/days.js';
import { WorkerRouter } from '../../../dist/worker.js';
import { expectNothingOpen, refused } from '../support/fixtures.mjs';

const text = { in: ['text'], out: ['text'] };
const MODELS = [
  { name: 'sees', context: 200_000, modalities: { in: ['text', 'image', 'pdf'], out: ['text'] }, tools: true },
  { name: 'acts', context: 32_000, modalities: text, tools: true, structuredOutput: true },
  { name: 'reads', context: 4_000, modalities: text, tools: false, structuredOutput: false },
  { name: 'gone', context: 200_000, modalities: text, tools: true, expires: '2026-11-01' },
  { name: 'unknown' },
];
const DIM = 2;
const SHORT = [1, 0.1];

const spec = (models) => ({
  models,
  tasks: Array.from({ length: 40 }, (_, i) => (i < 20 ? 'a' : 'b')),
  dim: DIM,
  embeddings: Float32Array.from({ length: 80 }, (_, i) => (i < 40 ? [1, 0.01 * i] : [0.01 * i, 1])[i % 2]),
  outcomes: Float32Array.from({ length: 40 * models.length }, (_, i) => Number((i * 7) % 5 < 3)),
});

/** Maps every text to the same vector, so that only the needs differ. */
const embedder = {
  id: '',
  dim: DIM,
  embed: async (texts) =>
    texts.map((given) => ({ vector: Float32Array.from(SHORT), tokens: given.split(' ').length, truncated: false })),
};

let routers;
let plain;
const today = clock.today;
before(async () => {
  const index = await buildIndex(spec(MODELS));
  routers = [
    await Router.load({ index, embedder }),
    await WorkerRouter.load({ index, embedder }),
    await WorkerRouter.load({ index, embedder: null }),
  ];
  plain = await Router.load({ index: await buildIndex(spec([{ name: 'x' }, { name: 'y' }])), embedder });
});
after(() => {
  clock.today = today;
  for (const one of [...routers, plain]) one.dispose();
});
expectNothingOpen();

const names = ({ ranking }) => ranking.map(({ model }) => model).sort();
const excluded = (decision) => Object.fromEntries(decision.excluded.map(({ model, reason }) => [model, reason]));
const user = (content, ...more) => ({ messages: [{ role: 'user', content }, ...more] });
/** The routers that read text: the last one takes vectors only. */
const reading = () => routers.slice(0, 2);

describe('given needs', () => {
  it('exclude with a reason each, in a router and in workers', async () => {
    const cases = [
      [{ modalities: ['image'] }, 'lacks_modality', ['sees'], 'unknown_modalities'],
      [{ tools: true }, 'lacks_tools', ['acts', 'sees'], 'unknown_tools'],
      [{ structuredOutput: true }, 'lacks_structured_output', ['acts'], 'unknown_structured_output'],
      [{ context: 4_001 }, 'context_too_small', ['acts', 'sees'], 'unknown_context'],
    ];
    for (const router of routers) {
      for (const [needs, lacking, left, unknown] of cases) {
        const decision = await router.route(SHORT, { needs });
        assert.deepEqual(names(decision), left, JSON.stringify(needs));
        assert.equal(excluded(decision).reads, lacking);
        assert.equal(excluded(decision).unknown, unknown);
        assert.equal(excluded(decision).gone, 'expired');
      }
    }
  });

  it('leave no model over with a count of each reason', async () => {
    const [router] = routers;
    await refused(
      router.route(SHORT, { needs: { modalities: ['audio'] } }),
      'no_candidate',
      /1 is no longer offered, 3 lack a needed modality, 1 has no known modalities/,
    );
    await refused(router.cascade(SHORT, { needs: { context: 1e9 } }), 'no_candidate', /3 have too small a context/);
  });

  it('that say nothing change nothing', async () => {
    const [router] = routers;
    for (const needs of [{}, { tools: false, structuredOutput: null, modalities: [], context: 0 }]) {
      const decision = await router.route(SHORT, { needs, candidates: ['sees', 'acts', 'reads'] });
      assert.deepEqual(names(decision), ['acts', 'reads', 'sees']);
    }
  });

  it('are refused in other forms', async () => {
    for (const [needs, message] of [
      [[], /needs is a list, expected an object with context, modalities, tools, structuredOutput/],
      [{ vision: true }, /needs: 'vision' is not known/],
      [{ context: -1 }, /context is -1, expected a whole number from 0/],
      [{ context: '4k' }, /context is the text '4k'/],
      [{ modalities: 'image' }, /modalities is the text 'image', expected a list of texts/],
      [{ modalities: ['images'] }, /'images', did you mean 'image'\? expected text, image/],
      [{ tools: 1 }, /tools is 1, expected true or false/],
    ]) {
      for (const router of routers) await refused(router.route(SHORT, { needs }), 'invalid_argument', message);
    }
  });
});

describe('expiry', () => {
  it('holds from its day on, also for a model that is asked for', async () => {
    const [router] = routers;
    try {
      clock.today = () => '2026-10-31';
      assert.equal((await router.route(SHORT, { candidates: ['gone'] })).model, 'gone');
      clock.today = () => '2026-11-01';
      await refused(router.route(SHORT, { candidates: ['gone'] }), 'no_candidate', /1 is no longer offered/);
    } finally {
      clock.today = today;
    }
  });
});

describe('messages', () => {
  const IMAGE_PARTS = [
    { type: 'image_url', image_url: { url: 'https://example.com/a.png' } },
    { type: 'input_image', image_url: 'https://example.com/a.png' },
    { type: 'image', image: new Uint8Array(4) },
    { type: 'file', mediaType: 'image/png', data: 'abcd' },
    { type: 'file', file: { file_data: 'data:image/png;base64,abcd' } },
    { type: 'file', file: { filename: 'a.PNG' } },
    { type: 'file', mediaType: 'image', data: { type: 'data', data: new Uint8Array(4) } },
  ];
  // As text it would be too long for every model.
  const BASE64 = 'abcd'.repeat(300_000);
  const output = [{ type: 'input_image', image_url: `data:image/png;base64,${BASE64}` }];
  /** Results of tools with an image in them. */
  const IMAGES_OF_TOOLS = [
    { type: 'function_call_output', call_id: '1', output },
    { type: 'computer_call_output', call_id: '1', output: { type: 'computer_screenshot', image_url: BASE64 } },
    {
      role: 'tool',
      content: [
        { type: 'tool-result', output: { type: 'content', value: [{ type: 'image-data', data: BASE64 }] } },
        {
          type: 'tool-result',
          output: { type: 'content', value: [{ type: 'file-data', mediaType: 'image/png', data: BASE64 }] },
        },
      ],
    },
    {
      role: 'user',
      content: [
        {
          type: 'tool_result',
          content: [{ type: 'image', source: { type: 'base64', media_type: 'image/png', data: BASE64 } }],
        },
      ],
    },
    { role: 'tool', content: [{ type: 'image', image: Buffer.alloc(1_200_000) }] },
  ];

  it("with an image in a tool's result exclude models that cannot see, and count it as an image", async () => {
    for (const router of reading()) {
      for (const message of IMAGES_OF_TOOLS) {
        const decision = await router.route(user('Look at the page', message));
        assert.deepEqual(names(decision), ['sees'], JSON.stringify(message).slice(0, 80));
        assert.equal(excluded(decision).acts, 'lacks_modality');
        assert.equal(excluded(decision).unknown, 'unknown_modalities');
      }
    }
  });

  it("with the word image in a call's arguments need no model that sees", async () => {
    const call = { type: 'tool-call', toolCallId: '1', toolName: 'paint', input: { type: 'image', text: 'a cat' } };
    const decision = await routers[0].route(user('Paint a cat', { role: 'assistant', content: [call] }));
    assert.deepEqual(names(decision), ['acts', 'sees']);
  });

  it('with bytes of another file count them', async () => {
    const file = (size) => user([{ type: 'file', mediaType: 'text/plain', data: new Uint8Array(size) }]);
    assert.ok(names(await routers[0].route(file(4_000))).includes('reads'));
    assert.equal(excluded(await routers[0].route(file(40_000))).reads, 'context_too_small');
  });

  it('with an image in the shape of any framework exclude models that cannot see', async () => {
    for (const router of reading()) {
      for (const part of IMAGE_PARTS) {
        const decision = await router.route(user([{ type: 'text', text: 'What is this?' }, part]));
        assert.deepEqual(names(decision), ['sees'], JSON.stringify(part));
        assert.equal(excluded(decision).acts, 'lacks_modality');
      }
      const earlier = user([IMAGE_PARTS[0]], {
        role: 'user',
        content: 'And what does that one say about the weather?',
      });
      assert.deepEqual(names(await router.route(earlier)), ['sees']);
    }
  });

  it('with a document need a model that reads it', async () => {
    const [router] = routers;
    for (const part of [
      { type: 'document', source: { type: 'base64', media_type: 'application/pdf', data: '' } },
      { type: 'input_file', filename: 'report.pdf' },
    ]) {
      assert.deepEqual(names(await router.route(user([part, { type: 'text', text: 'Sum it up' }]))), ['sees']);
    }
    const audio = user([{ type: 'input_audio', input_audio: { data: '', format: 'wav' } }]);
    const heard = await router.route(audio);
    assert.deepEqual(names(heard), ['unknown'], 'no candidate is known to hear');
    assert.deepEqual(
      heard.notes.map(({ code }) => code),
      ['needs_unchecked'],
    );
    await refused(router.route(audio, { candidates: ['sees'] }), 'no_candidate', /1 lacks a needed modality/);
  });

  it('with tools, or calls of tools, need a model that calls them', async () => {
    const tool = { type: 'function', function: { name: 'search', parameters: {} } };
    for (const router of reading()) {
      for (const input of [
        { ...user('Look it up'), tools: [tool] },
        { ...user('Look it up'), tools: { search: tool } },
        user('Look it up', {
          role: 'assistant',
          content: null,
          tool_calls: [{ id: '1', function: { name: 'search' } }],
        }),
        user('Look it up', { role: 'tool', content: [{ type: 'tool-result', toolCallId: '1', output: 'found' }] }),
        user('Look it up', { type: 'tool', content: 'found', tool_call_id: '1' }),
        user('Look it up', { type: 'function_call', name: 'search', arguments: '{}' }),
        user('Look it up', { type: 'custom_tool_call', name: 'search', input: 'it' }),
        user('Look it up', { role: 'assistant', content: [{ type: 'server_tool_use', name: 'search', input: {} }] }),
      ]) {
        assert.deepEqual(names(await router.route(input)), ['acts', 'sees'], JSON.stringify(input));
      }
      const without = await router.route({ ...user('Look it up'), tools: [] });
      assert.ok(names(without).includes('reads'));
    }
  });

  it('that are long exclude models whose context is known to be too small', async () => {
    const words = (count) => 'word '.repeat(count);
    for (const router of reading()) {
      const decision = await router.route({ ...user('Go on'), system: words(4_000) });
      assert.equal(excluded(decision).reads, 'context_too_small');
      assert.deepEqual(names(decision), ['acts', 'sees', 'unknown']);
      assert.deepEqual(names(await router.route(words(30_000))), ['sees', 'unknown']);
      // The caller knows better.
      const given = await router.route({ ...user('Go on'), system: words(4_000) }, { needs: { context: 100 } });
      assert.deepEqual(names(given), ['acts', 'reads', 'sees']);
    }
  });

  it('in calls with many inputs have their own needs each', async () => {
    const inputs = [user([IMAGE_PARTS[0]]), 'plain', { ...user('x'), tools: [{}] }, SHORT];
    for (const router of reading()) {
      const decisions = await router.routeMany(inputs);
      assert.deepEqual(decisions.map(names), [
        ['sees'],
        ['acts', 'reads', 'sees', 'unknown'],
        ['acts', 'sees'],
        ['acts', 'reads', 'sees', 'unknown'],
      ]);
      assert.deepEqual(names(await router.routeTask(inputs)), ['sees']);
    }
  });

  it('keep a candidate of which nothing is known if none is known to be able', async () => {
    const [router] = routers;
    const tools = { ...user('Look it up'), tools: [{}] };
    const decision = await router.route(tools, { candidates: ['reads', 'unknown'] });
    assert.deepEqual(names(decision), ['unknown']);
    assert.match(decision.notes[0].message, /has tools, but it is not known whether unknown can use them/);
    assert.deepEqual(names(await router.route(tools, { candidates: { deny: ['sees'] } })), ['acts']);
  });

  it('have a note in place of exclusions if the index knows nothing about it', async () => {
    const decision = await plain.route({ ...user([IMAGE_PARTS[0]]), tools: [{}] });
    assert.deepEqual(names(decision), ['x', 'y']);
    assert.deepEqual(
      decision.notes.map(({ code, message }) => [code, /has (\w+)/.exec(message)[1]]),
      [
        ['needs_unchecked', 'files'],
        ['needs_unchecked', 'tools'],
      ],
    );
    await refused(plain.route(SHORT, { needs: { tools: true } }), 'no_candidate', /2 may call tools or not/);
  });
});
