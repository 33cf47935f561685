// Measures the effect of a user's ratings on later decisions (docs/studies.md), with simulated users who ask prompts of
// tasks that are taken out of the benchmark:
//   node tests/bench/feedback.mjs [INDEX] [--people 40] [--seed 1] [--select]
// Prints the mean outcome of the picks, adapted and not. With --select, it also prints the constants that are best for
// the other users' tasks, and their results. Takes about two minutes on one core, and one more with --select.
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { Bootstrap, mean, quantile } from '../../dist/evaluation/statistics.js';
import { correctionsOf, FEEDBACK_CONSTANTS } from '../../dist/routing/feedback.js';
import { adaptedPicks, drawPeople, FOLDS, HABITS, PROMPTS, readBenchmark, settle } from './people.mjs';
import { table } from './table.mjs';

const AFTER = [20, 50, 100, 200];
/** A gain or loss above this may be noticeable to a user. */
const NOTICED = 0.01;

/** Settings of the simulation; the first ones use the data unchanged. */
const SETTINGS = [
  { name: '8 of the 20 best models', pool: 'strong' },
  { name: '8 of all models', pool: 'any' },
  { name: 'all models', pool: 'all' },
  { name: '8 of the 20 best, no task of the family', pool: 'strong', lacksFamily: true },
  { name: '8 of the 20 best, judged by a coin', pool: 'strong', habit: 'coin' },
  { name: '8 of the 20 best, mostly complaints', pool: 'strong', habit: 'complaining' },
  { name: '8 of the 20 best, one fails', pool: 'strong', failing: 0.5 },
  { name: 'all models, one fails', pool: 'all', failing: 0.5 },
  { name: '8 of all models, one always fails', pool: 'any', failing: 1 },
];
/** Constants are chosen on these settings: the first three must not lose, and the failing ones can gain. */
const PLAIN = SETTINGS.slice(0, 3);
const FAILING = SETTINGS.filter(({ failing }) => failing);
const MOST_LOST = 0.001;
const GRID = [0.1, 0.2, 0.3].flatMap((similarity) =>
  [20, 40, 60, 80, 120, 160].map((priorLabels) => ({ similarity, priorLabels })),
);

const { values, positionals } = parseArgs({
  options: {
    people: { type: 'string', default: '40' },
    seed: { type: 'string', default: '1' },
    select: { type: 'boolean', default: false },
  },
  allowPositionals: true,
});
const path = positionals[0] ?? fileURLToPath(new URL('../../models/openllm-v2/index.sbx', import.meta.url));

const digits = (x) => x.toFixed(4).replace('0.', '.');
const signed = (x) => (x < 0 ? '' : '+') + digits(x);
const percent = (share) => `${Math.round(100 * share)}%`;

/** Returns the mean outcome of the picks of the first prompts, by task; NaN for tasks without a prompt. */
function byTask(settings, picksOf, after, tasks) {
  const sums = new Float64Array(tasks);
  const counts = new Float64Array(tasks);
  for (const [p, setting] of settings.entries()) {
    for (const [i, pick] of picksOf[p].slice(0, after).entries()) {
      const task = setting.taskOf(i);
      sums[task] += setting.outcome(i, pick);
      counts[task] += 1;
    }
  }
  return Array.from(sums, (sum, task) => sum / counts[task]);
}

/** Returns one user's mean outcome. */
const ofPerson = (setting, picks) => mean(picks.map((pick, i) => setting.outcome(i, pick)));
const gains = (settings, adapted) =>
  settings.map((setting, p) => ofPerson(setting, adapted[p]) - ofPerson(setting, setting.plain));

const adapt = (settings, habit, constants) =>
  settings.map((setting) => adaptedPicks(setting, HABITS[habit], constants));

/** Returns the gain from the constants in a setting, averaged over tasks. */
function gain(settings, adapted, tasks) {
  const plain = settings.map((setting) => setting.plain);
  const [a, b] = [adapted, plain].map((picks) => byTask(settings, picks, PROMPTS, tasks));
  return mean(a.map((x, task) => x - b[task]));
}

function lineOf({ name }, settings, adapted, tasks, bootstrap) {
  const plain = settings.map((setting) => setting.plain);
  const at = (picks, after) => byTask(settings, picks, after, tasks);
  const difference = (after) => bootstrap.difference(at(adapted, after), at(plain, after));
  const last = difference(PROMPTS);
  const each = gains(settings, adapted);
  const share = (test) => percent(each.filter(test).length / each.length);
  const level = (key) =>
    digits(
      mean(
        at(
          settings.map((setting) => setting[key]),
          PROMPTS,
        ),
      ),
    );
  return [
    name,
    level('best'),
    level('plain'),
    digits(mean(at(adapted, PROMPTS))),
    level('hindsight'),
    ...AFTER.slice(0, -1).map((after) => signed(difference(after).value)),
    `${signed(last.value)} (${last.interval.map(signed).join(' to ')})`,
    `${share((x) => x < -NOTICED)} / ${share((x) => x > NOTICED)}`,
    signed(
      quantile(
        [...each].sort((a, b) => a - b),
        0.05,
      ),
    ),
  ];
}

/** Returns the share of prompts whose pick changes after it was wrong `count` times on similar prompts. */
function leftAfter(settings, count) {
  const left = settings.flatMap(({ plain, predicted, members, names }) =>
    plain.map((pick, i) => {
      const value = -predicted[i][pick];
      const corrections = correctionsOf(Array(count).fill({ model: names[pick], value }));
      return members.some((m) => m !== pick && predicted[i][m] > predicted[i][pick] + corrections[names[pick]]);
    }),
  );
  return `${count}: ${percent(left.filter(Boolean).length / left.length)}`;
}

/**
 * Chooses, for each fold, the best constants on the users of the other folds: among those that lose little, those with
 * the most gain where a model fails.
 */
function choose(settled, tasks, progress) {
  const measured = GRID.map((some, g) => {
    const constants = { ...FEEDBACK_CONSTANTS, ...some };
    const gainsOf = [...PLAIN, ...FAILING].map((setting) => {
      const settings = settled.get(setting);
      const adapted = adapt(settings, 'honest', constants);
      return Array.from({ length: FOLDS }, (_, fold) => {
        const others = settings.flatMap((one, p) => (one.fold === fold ? [] : [p]));
        return gain(
          others.map((p) => settings[p]),
          others.map((p) => adapted[p]),
          tasks,
        );
      });
    });
    progress(g + 1, GRID.length);
    return { constants, gainsOf };
  });
  return Array.from({ length: FOLDS }, (_, fold) => {
    const scored = measured.map(({ constants, gainsOf }) => {
      const of = (from, to) => mean(gainsOf.slice(from, to).map((gain) => gain[fold]));
      return { constants, plain: of(0, PLAIN.length), failing: of(PLAIN.length) };
    });
    const careful = scored.filter(({ plain }) => plain >= -MOST_LOST);
    return careful.reduce((best, one) => (one.failing > best.failing ? one : best)).constants;
  });
}

const HEAD = ['', 'best single', 'not adapted', 'adapted', 'best in hindsight'];
const head = [...HEAD, ...AFTER.map((after) => `gain, ${after}`), 'lose / gain > .01', 'worst 5%'];

const say = (what) => (done, total) => {
  if (done % 10 === 0 || done === total)
    process.stderr.write(`\r${what} ${done} of ${total}${done === total ? '\n' : ''}`);
};

async function main() {
  const benchmark = await readBenchmark(path);
  const tasks = benchmark.taskNames.length;
  const options = { perFold: Number(values.people), seed: Number(values.seed), progress: say('people') };
  const people = await drawPeople(benchmark, options);
  const bootstrap = new Bootstrap(tasks, Number(values.seed));
  const settled = new Map(SETTINGS.map((one) => [one, people.map((person) => settle(benchmark, person, one))]));
  const print = (title, constantsOf) => {
    const lines = SETTINGS.map((one) => {
      const settings = settled.get(one);
      const habit = HABITS[one.habit ?? 'honest'];
      const adapted = settings.map((setting) => adaptedPicks(setting, habit, constantsOf(setting)));
      return lineOf(one, settings, adapted, tasks, bootstrap);
    });
    console.log(`\n${title}\n${table(head, lines)}`);
  };
  console.log(`${people.length} people, ${PROMPTS} prompts each, ${tasks} tasks, ${benchmark.names.length} models`);
  print('As it ships', () => FEEDBACK_CONSTANTS);
  const wrong = [1, 3, 5, 10, 20].map((count) => leftAfter(settled.get(SETTINGS[0]), count));
  console.log(`\nPicks that change after so many wrong answers, ${SETTINGS[0].name}: ${wrong.join(', ')}`);
  if (!values.select) return;
  const chosen = choose(settled, tasks, say('constants'));
  console.log('\nChosen for each fold by the people of the others:');
  for (const constants of chosen) {
    const names = Object.keys(GRID[0]);
    console.log(`  ${names.map((name) => `${name} ${constants[name]}`).join(', ')}`);
  }
  print('With these', ({ fold }) => chosen[fold]);
}

if (existsSync(path)) await main();
else console.log(`skipped: no benchmark data (${path})`);
