import { readFile, writeFile } from 'node:fs/promises';
import process from 'node:process';
import { Router } from 'signalbox';
import { fileFromBytes, plan, planSentences, planTable } from 'signalbox/build';

const [, , file = 'graded.csv', ...prompts] = process.argv;
const NEW_PROMPTS = [
  'Which queue does this ticket belong to: billing, shipping, returns, technical or account? My parcel came back to you.',
  'Write one SELECT statement: returned orders per country and month, with the share of all orders.',
];

// Ctrl-C ends the work between two steps, and leaves no half-written file.
const stop = new AbortController();
process.once('SIGINT', () => stop.abort());

try {
  const graded = [fileFromBytes(file, await readFile(file))];
  // Without a target, the plan stops where the next dollar saved would cost clearly more right answers.
  // With `atMost: 1` it would be the cheapest one that loses at most one right answer in a hundred.
  const { plan: made, index } = await plan(graded, { signal: stop.signal });
  console.log(planSentences(made).headline);
  console.log(planTable(made));
  await writeFile('plan.sbx', index);

  // Any router, also one in a page, decides by the plan that it loads as its index.
  const router = await Router.load({ index: 'plan.sbx' });
  for (const prompt of prompts.length > 0 ? prompts : NEW_PROMPTS) {
    const { model, reason } = await router.route(prompt, { signal: stop.signal });
    console.log(`\n${prompt}\n-> ${model}: ${reason}`);
  }
  router.dispose();
} catch (error) {
  // The message names the file and the row: for example a column without grades, or fewer than 30 prompts.
  console.error(error.code === undefined ? error : `${error.message} (${error.code})`);
  process.exitCode = error.code === 'aborted' ? 130 : 1;
}
