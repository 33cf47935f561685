// `npm run bench -- serve`: what the gateway adds to a request, beside a plain pass-through, and that it loses none.
//   npm run bench -- serve [--requests 10000] [--connections 10] [--json]
// A local provider answers at once; it and the gateway are processes of their own. Three ways in one run: to the provider,
// through the gateway with a model's name (passed on), and through it with `auto` (decided). Then the same number of
// requests with `auto` while every model fails now and then: each must be answered.
import { fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { root } from '../../scripts/setup.mjs';
import { startProvider } from '../integrations/fake-provider.mjs';
import { installedProject } from '../integrations/project.mjs';

const MODELS = ['openai/gpt-5.5', 'google/gemini-3-flash', 'anthropic/claude-haiku-4.5'];
const PROMPT = 'Write a SQL query that returns the last order of each customer.';
const ONE_FAILS_IN = 7;

/** Runs as a child: a provider that forgets its requests, and fails for a share of them if it is told to. */
async function provide() {
  const provider = await startProvider();
  provider.requests.push = () => 0;
  provider.headers.push = () => 0;
  let count = 0;
  process.on('message', () => {
    provider.failing.get = () => {
      count += 1;
      return count % ONE_FAILS_IN === 0 ? 503 : undefined;
    };
  });
  process.send(provider.url);
}

async function startGateway(to) {
  const options = ['serve', '--port', '0', '--models', MODELS.join(), '--failover', '--to', to];
  const child = spawn(process.execPath, [path.join(root, 'dist/cli.js'), ...options]);
  child.stderr.setEncoding('utf8');
  const [line] = await once(child.stderr, 'data');
  return { child, url: /(http:\S+\/v1) chooses/.exec(line)[1] };
}

async function main() {
  const { values } = parseArgs({
    options: {
      requests: { type: 'string', default: '10000' },
      connections: { type: 'string', default: '10' },
      json: { type: 'boolean' },
    },
  });
  const { autocannon } = await installedProject('autocannon');
  const provider = fork(import.meta.filename, ['provide']);
  const [url] = await once(provider, 'message');
  const gateway = await startGateway(url);

  const fire = async (address, model) => {
    const result = await autocannon({
      url: `${address}/chat/completions`,
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ model, messages: [{ role: 'user', content: PROMPT }] }),
      amount: Number(values.requests),
      connections: Number(values.connections),
    });
    const { latency, errors, timeouts, non2xx } = result;
    const answered = result['2xx'];
    return {
      answered,
      lost: errors + timeouts + non2xx,
      p50: latency.p50,
      p99: latency.p99,
      perSecond: result.requests.average,
    };
  };

  try {
    await fire(gateway.url, 'auto'); // Warms up.
    const results = {
      provider: await fire(url, MODELS[0]),
      passed: await fire(gateway.url, MODELS[0]),
      decided: await fire(gateway.url, 'auto'),
    };
    provider.send('fail');
    results.faults = await fire(gateway.url, 'auto');
    if (values.json) {
      console.log(JSON.stringify(results, null, 2));
      return;
    }
    console.log(`${values.requests} requests, ${values.connections} at once, Node ${process.versions.node}`);
    console.log('                         p50 ms   p99 ms   a second   answered   lost');
    const names = { provider: 'provider alone', passed: 'passed on', decided: 'decided', faults: 'one in seven fails' };
    for (const [key, { p50, p99, perSecond, answered, lost }] of Object.entries(results)) {
      const figures = [p50, p99, Math.round(perSecond), answered, lost].map((figure) => `${figure}`.padStart(8));
      console.log(`${names[key].padEnd(22)} ${figures.join(' ')}`);
    }
    const ratio = results.passed.perSecond / results.decided.perSecond;
    console.log(`A decided request takes ${ratio.toFixed(2)} times as long as one that is passed on.`);
  } finally {
    gateway.child.kill();
    provider.kill();
  }
}

if (process.argv[2] === 'provide') await provide();
else await main();
