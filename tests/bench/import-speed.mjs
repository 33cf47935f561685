// Measures how fast results are read: made-up files of several line formats, imported as `signalbox build --dry-run` does.
//   node tests/bench/import-speed.mjs [MB]          default 100 MB of each format
// Prints the processor time and the elapsed time, the processor time that 1 GB would take (extrapolated from this file, the
// start of the command included), and the peak memory. Each format is read in a process of its own. On a busy machine the
// elapsed time says more about its other work.
import { spawnSync } from 'node:child_process';
import { closeSync, mkdirSync, mkdtempSync, openSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

const megabytes = Number(process.argv[2] ?? 100);
const cli = fileURLToPath(new URL('../../dist/cli.js', import.meta.url));
const folder = mkdtempSync(path.join(tmpdir(), 'signalbox-import-'));

/** An answer of two paragraphs, as models give. */
const ANSWER = 'The keeper counts the jars twice, and writes the sum into the book. '.repeat(12);
const question = (i) =>
  `A lighthouse keeper fills ${i} jars in the morning and ${(7 * i) % 900} in the evening. How many are there?`;
const score = (i) => Number(i % 3 === 0);
const MESSAGES = (i) => [{ role: 'user', content: question(i) }];

const FORMATS = {
  'lm-eval': {
    file: 'acme__little/samples_jars_2026-01-01T00-00-00.1.jsonl',
    line: (i) => ({
      doc_id: i,
      doc: { question: question(i), answer: String(i) },
      target: String(i),
      arguments: { gen_args_0: { arg_0: question(i), arg_1: {} } },
      resps: [[ANSWER]],
      filtered_resps: [String(i)],
      filter: 'none',
      metrics: ['exact_match'],
      exact_match: score(i),
      doc_hash: `h${i}`,
    }),
  },
  promptfoo: {
    file: 'results.jsonl',
    line: (i) => ({
      prompt: { raw: question(i), label: '{{question}}' },
      promptIdx: 0,
      provider: { id: 'acme:little' },
      response: { output: ANSWER, tokenUsage: { prompt: 30, completion: 200 } },
      score: score(i),
      success: score(i) === 1,
      vars: { question: question(i) },
      failureReason: 1 - score(i),
      gradingResult: { reason: 'equals' },
    }),
  },
  evalscope: {
    file: '20260101_000000/reviews/little/jars_default.jsonl',
    line: (i) => ({
      index: i,
      target: [String(i)],
      messages: [...MESSAGES(i), { role: 'assistant', content: ANSWER }],
      sample_score: {
        sample_id: i,
        group_id: i,
        score: { value: { acc: score(i) }, prediction: ANSWER, metadata: {} },
      },
    }),
  },
  'openai-evals': {
    file: 'jars.jsonl',
    first: { spec: { completion_fns: ['little'], eval_name: 'jars.v0', base_eval: 'jars', run_config: {} } },
    line: (i) =>
      i % 2 === 0
        ? {
            run_id: 'r',
            event_id: i,
            sample_id: `j.${i >> 1}`,
            type: 'sampling',
            data: { prompt: MESSAGES(i >> 1), sampled: [ANSWER] },
          }
        : {
            run_id: 'r',
            event_id: i,
            sample_id: `j.${i >> 1}`,
            type: 'match',
            data: { correct: score(i) === 1, sampled: ANSWER },
          },
  },
  long: {
    file: 'long.jsonl',
    line: (i) => ({
      dataset: 'jars',
      id: String(i),
      prompt: question(i),
      model: 'little',
      score: score(i),
      answer: ANSWER,
    }),
  },
};

function writeLines(file, { first, line }) {
  mkdirSync(path.dirname(file), { recursive: true });
  const out = openSync(file, 'w');
  if (first !== undefined) writeSync(out, `${JSON.stringify(first)}\n`);
  for (let written = 0, i = 0; written < megabytes * 1e6; ) {
    let text = '';
    while (text.length < 1 << 20) text += `${JSON.stringify(line(i++))}\n`;
    written += writeSync(out, text);
  }
  closeSync(out);
}

try {
  const preload = path.join(folder, 'preload.mjs');
  writeFileSync(
    preload,
    `process.on('exit', () => {
      const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage();
      console.error('peak ' + Math.round(maxRSS / 1024) + ' MiB, cpu ' + (userCPUTime + systemCPUTime) / 1e6 + ' s');
    });`,
  );
  for (const [name, format] of Object.entries(FORMATS)) {
    const place = path.join(folder, name);
    writeLines(path.join(place, format.file), format);
    const begin = performance.now();
    const args = ['--import', preload, cli, 'build', place, '--dry-run', '--json'];
    const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8', maxBuffer: 1 << 26 });
    if (status !== 0) throw new Error(stderr);
    const seconds = (performance.now() - begin) / 1000;
    // The thread of the command prints a line, too: the process ends last.
    const [, memory = '', cpu = ''] = [...stderr.matchAll(/peak (\d+) MiB, cpu ([\d.]+) s/g)].at(-1) ?? [];
    const { rows } = JSON.parse(stdout);
    const whole = (1000 * Number(cpu)) / megabytes;
    console.log(
      `${name.padEnd(13)} ${rows} rows, processor ${Number(cpu).toFixed(1)} s, elapsed ${seconds.toFixed(1)} s; 1 GB: processor ${whole.toFixed(0)} s (extrapolated); peak ${memory} MiB`,
    );
    rmSync(place, { recursive: true });
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
