// Nearest neighbours beside other libraries, in Node.js: the same vectors, the same queries, and a recall@10 of at least .99
// where a library can be tuned. Each library runs in a process of its own, and their turns alternate.
//   npm run bench -- search-peers [--rows 10000] [--dim 768] [--turns 5] [--json]
// Installs the libraries in build/search-peers; what cannot be installed or run here is listed with the reason.
import { execFileSync, fork } from 'node:child_process';
import { existsSync, mkdirSync, realpathSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { K, NAMES, NATIVE, PACKAGES } from './search-libraries.mjs';
import { table } from './table.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const folder = path.join(root, 'build/search-peers');
const FOUND_ENOUGH = 0.99;

function install() {
  mkdirSync(folder, { recursive: true });
  if (!existsSync(path.join(folder, 'package.json')))
    writeFileSync(path.join(folder, 'package.json'), '{"private":true}');
  const npm = (...args) => execFileSync('npm', args, { cwd: folder, stdio: ['ignore', 2, 2] });
  npm('install', '--ignore-scripts', '--no-audit', '--no-fund', '--prefer-offline', '--loglevel=error', ...PACKAGES);
  const headers = path.join(path.dirname(realpathSync(process.execPath)), '..');
  const given = existsSync(path.join(headers, 'include/node')) ? [`--nodedir=${headers}`] : [];
  const gyp = path.join(path.dirname(realpathSync(npmScript())), '../node_modules/node-gyp/bin/node-gyp.js');
  for (const name of NATIVE) {
    const cwd = path.join(folder, 'node_modules', name);
    if (existsSync(path.join(cwd, 'build/Release'))) continue;
    try {
      execFileSync(process.execPath, [gyp, 'rebuild', ...given], { cwd, stdio: ['ignore', 'ignore', 'ignore'] });
    } catch {
      console.error(`signalbox bench: ${name} was not built; that takes python3 and a C++ compiler`);
    }
  }
}

/** Returns the script of the npm that is on the path. */
function npmScript() {
  return execFileSync(process.platform === 'win32' ? 'where' : 'which', ['npm'], { encoding: 'utf8' }).split('\n')[0];
}

/** A library in a process; answers one question at a time. */
class Library {
  constructor(name) {
    this.name = name;
    const script = fileURLToPath(new URL('search-libraries.mjs', import.meta.url));
    this.child = fork(script, [name, folder], { execArgv: ['--expose-gc', '--experimental-wasm-modules'] });
  }

  ask(question) {
    return new Promise((resolve, reject) => {
      const onExit = (code) => reject(new Error(`its process ended with ${code}`));
      this.child.once('exit', onExit);
      this.child.once('message', ({ error, ...answer }) => {
        this.child.off('exit', onExit);
        if (error === undefined) resolve(answer);
        else reject(new Error(error));
      });
      this.child.send(question);
    });
  }

  end() {
    this.child.kill();
  }
}

function recallOf(found, exact) {
  let hits = 0;
  for (const [i, rows] of found.entries()) hits += rows.filter((row) => exact[i].includes(row)).length;
  return hits / (exact.length * K);
}

/** Raises the effort of a search until it finds enough. */
async function tune(library, efforts, exact) {
  let recall = 0;
  for (const effort of efforts) {
    const { found } = await library.ask({ verb: 'find', effort });
    recall = recallOf(found, exact);
    if (recall >= FOUND_ENOUGH) break;
  }
  return recall;
}

async function main() {
  const { values } = parseArgs({
    options: {
      rows: { type: 'string', default: '10000' },
      dim: { type: 'string', default: '768' },
      turns: { type: 'string', default: '5' },
      json: { type: 'boolean' },
    },
  });
  install();
  const shape = { rows: Number(values.rows), dim: Number(values.dim) };
  const results = [];
  const running = [];
  let exact;
  for (const name of NAMES) {
    const library = new Library(name);
    try {
      const { buildMs, megabytes, efforts } = await library.ask({ verb: 'build', ...shape });
      // The first library is the truth: exact float32.
      if (exact === undefined) ({ found: exact } = await library.ask({ verb: 'find' }));
      const recall = await tune(library, efforts, exact);
      const result = { name, buildMs, megabytes, recall, samples: [] };
      results.push(result);
      running.push({ library, result });
    } catch (error) {
      results.push({ name, error: error.message.split('\n')[0] });
      library.end();
    }
    console.error(`signalbox bench: ${name}`);
  }
  for (let turn = 0; turn < Number(values.turns); ++turn) {
    for (const { library, result } of running) result.samples.push((await library.ask({ verb: 'time' })).ms);
  }
  for (const { library } of running) library.end();
  if (values.json) return console.log(JSON.stringify({ ...shape, results }, null, 2));
  const least = (samples) => Math.min(...samples);
  const own = least(results.find(({ name }) => name === 'signalbox, exact').samples);
  const rows = results.map(({ name, error, buildMs, megabytes, recall, samples }) =>
    error !== undefined
      ? [name, '-', '-', '-', '-', error]
      : [
          name,
          recall.toFixed(3),
          least(samples).toFixed(3),
          (least(samples) / own).toFixed(2),
          (buildMs / 1000).toFixed(2),
          megabytes.toFixed(0),
        ],
  );
  const head = ['library', 'recall@10', 'ms a query', 'x signalbox', 'build s', 'memory MB'];
  console.log(`${shape.rows} x ${shape.dim}, one query at a time, k = ${K}; the best of ${values.turns} turns.\n`);
  console.log(table(head, rows));
}

await main();
