// `node tests/bench/onnx.mjs`: compares signalbox's OnnxEmbedder with transformers.js on the same model, in Chromium.
//   node tests/bench/onnx.mjs              everything, in about an hour, 2 GB of disk and 6 GB of memory
//   node tests/bench/onnx.mjs --quick      a smoke run: few cases and repeats; its figures mean little
//   node tests/bench/onnx.mjs --json       the results as JSON on stdout
//   --repeats N, --dtypes int8, --threads 1,2, --tokens 16,64, --batches 1,8, --loads N    instead of the plan's values
// Needs dist/ (npm run setup) and /usr/bin/chromium; installs transformers.js below build/bench-onnx.
import os from 'node:os';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { serve, withPage, withProfile } from './onnx-browser.mjs';
import { measureLoads, measureTimes } from './onnx-measure.mjs';
import { loadText, timeText } from './onnx-report.mjs';
import { prepareSides } from './onnx-sides.mjs';

const FULL = {
  dtypes: ['int8', 'fp32'],
  threads: [1, 2],
  tokens: [16, 64, 128, 384],
  batches: [1, 8],
  repeats: 5,
  loads: 3,
  warmUpMs: 10_000,
};
const QUICK = {
  dtypes: ['int8', 'fp32'],
  threads: [2],
  tokens: [16, 128],
  batches: [1, 8],
  repeats: 2,
  loads: 1,
  warmUpMs: 3_000,
};
const MEMORY = { threads: 2, tokens: 384, batch: 8 };

const LISTS = ['dtypes', 'threads', 'tokens', 'batches'];
const NUMBERS = ['repeats', 'loads'];

function planOf() {
  const strings = Object.fromEntries([...LISTS, ...NUMBERS].map((name) => [name, { type: 'string' }]));
  const { values } = parseArgs({ options: { quick: { type: 'boolean' }, json: { type: 'boolean' }, ...strings } });
  const plan = { ...(values.quick ? QUICK : FULL), memory: MEMORY };
  for (const name of LISTS) {
    const list = values[name]?.split(',');
    if (list) plan[name] = name === 'dtypes' ? list : list.map(Number);
  }
  for (const name of NUMBERS) if (values[name]) plan[name] = Number(values[name]);
  plan.cases = plan.batches.flatMap((batch) => plan.tokens.map((tokens) => ({ tokens, batch })));
  return { plan, isJson: values.json };
}

async function machineOf(origin, versions) {
  const chromium = await withProfile((profile) => withPage(origin, profile, async ({ version }) => version));
  const cores = `${os.cpus()[0]?.model.trim()}, ${os.cpus().length} cores, load ${os.loadavg()[0].toFixed(1)}`;
  return [
    `${cores}, Node ${process.versions.node}, Chromium ${chromium}, ${new Date().toISOString()}`,
    `signalbox ${versions.signalbox} beside transformers.js ${versions.transformers}`,
    'all-mpnet-base-v2 in its true size with random weights; texts of made-up words of its vocabulary.',
  ].join('\n');
}

async function gather(results, say) {
  const all = [];
  for await (const result of results) {
    const { samples: _, ...shown } = result;
    say(JSON.stringify(shown));
    all.push(result);
  }
  return all;
}

async function main() {
  const { plan, isJson } = planOf();
  const say = (message) => console.error(`signalbox bench: ${message}`);
  const { www, words, versions } = await prepareSides(say);
  const server = await serve(www);
  try {
    const setup = { origin: server.origin, words };
    const machine = await machineOf(server.origin, versions);
    say(machine);
    const loads = plan.loads > 0 ? await gather(measureLoads(setup, plan), say) : [];
    const times = plan.repeats > 0 ? await gather(measureTimes(setup, plan), say) : [];
    if (isJson) console.log(JSON.stringify({ machine, plan, loads, times }, null, 2));
    else {
      const parts = [machine, times.length > 0 && timeText(times, plan), loads.length > 0 && loadText(loads, plan)];
      console.log(parts.filter(Boolean).join('\n\n'));
    }
  } finally {
    server.close();
  }
}

try {
  await main();
} catch (error) {
  console.error(`signalbox bench: ${error.stack}`);
  process.exitCode = 1;
}
