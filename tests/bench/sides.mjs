// The two sides of the kernel benchmark behind one interface: a native command over pipes, and wasm in this process.
// Each measurement is timed where it runs, in processor time, which other work on the machine changes least.
import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';

export const CODE_TYPES = { float32: 1, int8: 2, int4: 3 };
export const SHAPES = { clustered: 0, uniform: 1, duplicated: 2, skewed: 3 };
export const QUERIES = 64;
export const NEIGHBOURS = 10;

export class NativeSide {
  name = 'native';
  #child;
  #lines;

  constructor(command) {
    this.#child = spawn(command, { stdio: ['pipe', 'pipe', 'inherit'] });
    this.#lines = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]();
  }

  async #ask(...words) {
    this.#child.stdin.write(`${words.join(' ')}\n`);
    const { value, done } = await this.#lines.next();
    if (done || value.startsWith('error')) throw new Error(`the native benchmark failed at: ${words.join(' ')}`);
    return value.trim().split(' ').map(Number);
  }

  async generate(rows, dim, type, shape = 'clustered') {
    await this.#ask('generate', rows, dim, CODE_TYPES[type], SHAPES[shape]);
  }

  async makeFast(isFast) {
    await this.#ask('fast', Number(isFast));
  }

  /** Returns the bytes that the last search read. */
  async bytes() {
    return (await this.#ask('bytes'))[0];
  }

  async open(file) {
    return this.#ask('open', file);
  }

  async read(times) {
    const [ms, value] = await this.#ask('read', times);
    return { ms, value };
  }

  async search(count, times) {
    const [ms, value] = await this.#ask('search', 0, count, times);
    return { ms, value };
  }

  async neighbours() {
    return this.#ask('neighbours', QUERIES);
  }

  async writeIndex(file) {
    return (await this.#ask('write', file))[0];
  }

  async close() {
    this.#child.stdin.end();
    if (this.#child.exitCode === null) await new Promise((resolve) => this.#child.once('exit', resolve));
  }
}

export class WasmSide {
  name = 'wasm';
  #folder;
  #module;

  constructor(folder) {
    this.#folder = folder;
  }

  /** A module's memory never shrinks, so each data set uses a new module. */
  async #fresh() {
    const wasm = await WebAssembly.compile(await readFile(path.join(this.#folder, 'signalbox_bench.wasm')));
    const { default: create } = await import(pathToFileURL(path.join(this.#folder, 'signalbox_bench.mjs')).href);
    this.#module = await create({
      instantiateWasm(imports, receive) {
        WebAssembly.instantiate(wasm, imports).then(receive);
        return {};
      },
    });
  }

  async generate(rows, dim, type, shape = 'clustered') {
    await this.#fresh();
    this.#module._bench_generate(rows, dim, CODE_TYPES[type], SHAPES[shape]);
  }

  async makeFast(isFast) {
    this.#module._bench_make_fast(Number(isFast));
  }

  async bytes() {
    return this.#module._bench_bytes();
  }

  async open(file) {
    await this.#fresh();
    const module = this.#module;
    const bytes = await readFile(file);
    const pointer = module._malloc(bytes.byteLength);
    module.HEAPU8.set(bytes, pointer);
    if (module._bench_open(pointer, bytes.byteLength) !== 1) throw new Error(`${file} cannot be benchmarked`);
    return [module._bench_rows(), module._bench_dim(), module._bench_code_type()];
  }

  #measure(times, action) {
    let value = 0;
    const start = process.cpuUsage();
    for (let i = 0; i < times; ++i) value = action();
    const { user, system } = process.cpuUsage(start);
    return { ms: (user + system) / 1000 / times, value: value >>> 0 };
  }

  async read(times) {
    return this.#measure(times, this.#module._bench_read);
  }

  async search(count, times) {
    return this.#measure(times, () => this.#module._bench_search(0, count));
  }

  async neighbours() {
    const pointer = this.#module._bench_neighbours();
    return [...new Uint32Array(this.#module.HEAPU8.buffer, pointer, QUERIES * NEIGHBOURS)];
  }

  async close() {
    this.#module = undefined;
  }
}
