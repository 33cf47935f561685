// Projects of the matrix: a fresh folder each, with the packed package installed, and the commands that run in it.
import { spawn, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { writeModelFolder } from '../onnx/model-folder.mjs';
import { waitFor } from '../web/waiting.mjs';

const SOURCES = path.dirname(fileURLToPath(import.meta.url));
const root = path.dirname(path.dirname(SOURCES));
/** The projects' folder; every package.json names the tarball beside it. */
const BUILT = path.join(root, 'build', 'matrix');
const TARBALL = path.join(BUILT, 'signalbox.tgz');
const INSTALL = ['install', '--prefer-offline', '--no-audit', '--no-fund', '--no-package-lock', '--loglevel=error'];
/** Limit for one command; installs and builds are slow on a busy machine. */
const LIMIT_MS = 900_000;

/** Runs a command; throws with its output if it fails. Returns the standard output. */
function run(command, args, options) {
  const { status, signal, error, stdout, stderr } = spawnSync(command, args, {
    encoding: 'utf8',
    timeout: LIMIT_MS,
    maxBuffer: 1 << 26,
    ...options,
  });
  if (status === 0) return stdout;
  const end = error?.message ?? `exit ${status ?? signal}`;
  throw new Error(`${[command, ...args].join(' ')}: ${end}\n${stdout}${stderr}`.slice(0, 4000));
}

/** Packs the built package as npm publishes it. */
export function pack() {
  mkdirSync(BUILT, { recursive: true });
  const packed = path.join(BUILT, 'packed');
  rmSync(packed, { recursive: true, force: true });
  mkdirSync(packed);
  run('npm', ['pack', '--ignore-scripts', '--silent', '--pack-destination', packed], { cwd: root });
  renameSync(path.join(packed, readdirSync(packed)[0]), TARBALL);
  rmSync(packed, { recursive: true });
  return TARBALL;
}

/** Returns whether the registry answers. */
export const hasRegistry = () =>
  spawnSync('npm', ['ping', '--loglevel=silent', '--fetch-retries=0'], { cwd: root }).status === 0;

/** Returns a port that nothing listens to. */
const freePort = () =>
  new Promise((resolve, reject) => {
    const server = createServer();
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });

/** Returns the folder of the programs of a version of Node.js, which is installed once. */
export function nodeOf(version) {
  const folder = path.join(BUILT, `node-${version}`);
  const name = `node-${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`;
  const programs = path.join(folder, 'node_modules', name, 'bin');
  if (!existsSync(programs)) {
    mkdirSync(folder, { recursive: true });
    run('npm', [...INSTALL, '--no-save', '--prefix', folder, `${name}@${version}`], { cwd: folder });
  }
  return programs;
}

/**
 * Makes a fresh project. `name` is the folder in tests/matrix: the files of `shared`, then those of the folder itself are
 * copied. `hasOnnx` adds a model, and the script that uses it. `node` is a version of Node.js for the project's commands.
 */
export function makeProject({ name, hasOnnx = false, node }) {
  const folder = path.join(BUILT, name);
  rmSync(folder, { recursive: true, force: true });
  const layers = ['shared', ...(hasOnnx ? ['onnx'] : []), name];
  for (const layer of layers) cpSync(path.join(SOURCES, layer), folder, { recursive: true });
  rmSync(path.join(folder, 'rows.mjs'));
  if (hasOnnx) writeModelFolder(path.join(folder, 'public/model'), { precisions: ['fp32'] });
  run('npm', INSTALL, { cwd: folder });
  const programs = node === undefined ? [] : [nodeOf(node)];
  return new Project(folder, [...programs, process.env.PATH].join(path.delimiter));
}

/** A folder with an app, and the servers that run in it. */
class Project {
  #processes = [];
  #env;

  constructor(folder, searchPath) {
    this.folder = folder;
    this.#env = { ...process.env, PATH: searchPath, CI: 'true' };
  }

  path(...names) {
    return path.join(this.folder, ...names);
  }

  /** Copies files within the project. */
  copy(from, to) {
    cpSync(this.path(from), this.path(to), { recursive: true });
  }

  /** Runs a command of the project's packages, or of the system; returns its standard output. */
  run(command, args = [], env = {}) {
    return run(this.#program(command), args, { cwd: this.folder, env: { ...this.#env, ...env } });
  }

  /** Starts a server by a command, with the port as `PORT` in its arguments; returns its address once it answers. */
  async serve(command, args, env = {}) {
    const port = await freePort();
    const child = spawn(
      this.#program(command),
      args.map((arg) => arg.replace('PORT', port)),
      {
        cwd: this.folder,
        env: { ...this.#env, PORT: String(port), ...env },
        detached: true,
        stdio: ['ignore', 'pipe', 'pipe'],
      },
    );
    this.#processes.push(child);
    let said = '';
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => (said += text));
    const origin = `http://127.0.0.1:${port}`;
    const ended = new Promise((_, reject) => {
      child.on('error', reject);
      child.on('exit', (code) => reject(new Error(`ended with ${code}`)));
    });
    ended.catch(() => undefined);
    await Promise.race([ended, answering(origin)]).catch((cause) => {
      throw new Error(`${command} ${args.join(' ')}: ${cause.message}\n${said}`, { cause });
    });
    return origin;
  }

  /** Ends the servers. */
  close() {
    for (const { pid, exitCode } of this.#processes) if (exitCode === null) process.kill(-pid, 'SIGKILL');
  }

  #program(command) {
    const own = this.path('node_modules/.bin', command);
    return existsSync(own) ? own : command;
  }
}

/** Resolves once a server answers, with whatever status. */
const answering = (origin) =>
  waitFor(`an answer from ${origin}`, async () => {
    const response = await fetch(origin).catch(() => undefined);
    await response?.body?.cancel();
    return response;
  });
