// Measures conversations: what staying with a model costs and wins, beside pinning it and beside deciding each turn alone.
//   npm run bench -- conversations --data DIR [--turns 8] [--conversations 100] [--seed 1] [--json]
// DIR holds routerbench_subset. A router is built from a random half of the rows. Conversations are made from the other
// half: questions of one task, or of two tasks one after the other, each followed by "Yes, please go on." in half of the
// cases, which is right if the question was answered right by the model of that turn. Each turn costs what the call cost,
// and the tokens so far: a tenth of the input price if the model has read them before, without a break, else the full
// price. Every answer is taken to be as long as the question.
import process from 'node:process';
import { parseArgs } from 'node:util';
import { Random } from '../../dist/evaluation/random.js';
import { promptTokensOf } from '../../dist/routing/prompt-tokens.js';
import { mean, PRICES, readRouterBench, shuffled } from './routerbench.mjs';
import { table } from './table.mjs';

const { values: options } = parseArgs({
  options: {
    data: { type: 'string' },
    turns: { type: 'string', default: '8' },
    conversations: { type: 'string', default: '100' },
    seed: { type: 'string', default: '1' },
    json: { type: 'boolean', default: false },
  },
});

const GO_ON = 'Yes, please go on.';
const CACHED = 0.1;

/** Makes conversations of as many turns: each turn is a row, and whether the user only says to go on. */
function makeConversations(rows, { turns, count, isMixed, random }) {
  const tasks = [...new Set(rows.map(({ task }) => task))];
  const of = new Map(
    tasks.map((task) => [
      task,
      shuffled(
        rows.filter((row) => row.task === task),
        random,
      ),
    ]),
  );
  const next = (task) => of.get(task)[random.below(of.get(task).length)];
  return Array.from({ length: count }, () => {
    const [first, second] = shuffled(tasks, random);
    const out = [];
    while (out.length < turns) {
      const row = next(isMixed && out.length >= turns / 2 ? second : first);
      out.push({ row, goesOn: false });
      if (out.length < turns && random.next() < 0.5) out.push({ row, goesOn: true });
    }
    return out;
  });
}

/** The messages of a conversation up to a turn; answers are named, not given: they do not decide, except before "go on". */
function messagesUpTo(conversation, at) {
  const messages = [];
  for (const [i, { row, goesOn }] of conversation.slice(0, at + 1).entries()) {
    messages.push({ role: 'user', content: goesOn ? GO_ON : row.prompt });
    // A model that is asked to go on has said what it is about.
    if (i < at) messages.push({ role: 'assistant', content: row.prompt });
  }
  return messages;
}

const WAYS = {
  'pinned to the first pick': async (route, turn) => (turn.model === undefined ? route({ text: true }) : turn.model),
  'each turn alone, by its text': async (route) => route({ text: true }),
  'each turn, with the turn it answers': async (route) => route({}),
  'with the state of the conversation': async (route, { model }) =>
    route(model === undefined ? {} : { conversation: { model } }),
  'with the state, an answer worth 1 cent': async (route, { model }) =>
    route(model === undefined ? {} : { conversation: { model, answerUsd: 0.01 } }),
};

async function follow(router, conversation, way, models, prefer) {
  let model;
  let tokens = 0;
  /** Tokens that each model has read, up to where it was left. */
  const total = { right: 0, usd: 0, again: 0, switches: 0 };
  for (const [at, { row, goesOn }] of conversation.entries()) {
    const route = async ({ text = false, ...more }) => {
      const input = text ? (goesOn ? GO_ON : row.prompt) : { messages: messagesUpTo(conversation, at) };
      return (await router.route(input, { policy: 's1', prefer, neighbours: 0, ...more })).model;
    };
    const picked = await way(route, { model });
    const m = models.indexOf(picked);
    const price = PRICES[picked][0] / 1e6;
    const again = price * tokens * (picked === model ? CACHED : 1);
    total.right += row.outcomes[m];
    total.usd += row.costs[m] + again;
    total.again += again;
    total.switches += Number(model !== undefined && picked !== model);
    model = picked;
    tokens += 2 * promptTokensOf(row.prompt);
  }
  return total;
}

if (options.data === undefined) throw new Error('--data DIR is missing');
const bench = await readRouterBench(options.data, Number(options.seed));
try {
  const results = [];
  for (const isMixed of [false, true]) {
    const random = new Random(Number(options.seed) + 7);
    const shape = { turns: Number(options.turns), count: Number(options.conversations), isMixed, random };
    const conversations = makeConversations(bench.rest, shape);
    for (const prefer of [5, 15]) {
      for (const [name, way] of Object.entries(WAYS)) {
        const runs = [];
        for (const conversation of conversations)
          runs.push(await follow(bench.router, conversation, way, bench.models, prefer));
        const per = (key) => mean(runs.map((run) => run[key])) / shape.turns;
        results.push({
          tasks: isMixed ? 2 : 1,
          prefer,
          name,
          accuracy: per('right'),
          usd: per('usd'),
          again: per('again'),
          switches: per('switches') * shape.turns,
        });
      }
    }
  }
  if (options.json) process.stdout.write(`${JSON.stringify(results, null, 2)}\n`);
  else {
    console.log(
      table(
        ['tasks', 'prefer', 'way', 'accuracy', '$ / 1000 turns', 'for the prefix', 'switches'],
        results.map((row) => [
          String(row.tasks),
          String(row.prefer),
          row.name,
          row.accuracy.toFixed(4),
          (1000 * row.usd).toFixed(3),
          (1000 * row.again).toFixed(3),
          row.switches.toFixed(2),
        ]),
      ),
    );
  }
} finally {
  bench.router.dispose();
  bench.embedder.dispose();
}
