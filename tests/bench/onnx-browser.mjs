// Chromium for the embedders' benchmark: fresh browsers with a profile on disk, and the resources of their renderer.
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { chromium } from 'playwright-core';
import { serveFolder } from '../../scripts/site.mjs';

const QUIET = ['--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'];
const ARGS = ['--headless=new', '--no-sandbox', ...QUIET, '--disable-component-update', '--disable-sync'];
const MINUTES = 60_000;

/**
 * Serves with the headers that let a page share memory between threads, and disables the browser's cache of downloads.
 */
export async function serve(www) {
  const server = await serveFolder(www, 0);
  server.prependListener('request', (_request, response) => {
    response.setHeader('Cross-Origin-Opener-Policy', 'same-origin');
    response.setHeader('Cross-Origin-Embedder-Policy', 'require-corp');
    response.setHeader('Cache-Control', 'no-store');
  });
  const close = () => {
    server.closeAllConnections();
    server.close();
  };
  return { origin: `http://127.0.0.1:${server.address().port}`, close };
}

/** Runs `action` with a folder for profiles. */
export async function withProfile(action) {
  const profile = mkdtempSync(path.join(tmpdir(), 'signalbox-bench-'));
  try {
    return await action(profile);
  } finally {
    rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** Runs `action` with the benchmark's page in its own browser. */
export async function withPage(origin, profile, action) {
  const context = await chromium.launchPersistentContext(profile, { executablePath: '/usr/bin/chromium', args: ARGS });
  try {
    const page = context.pages()[0] ?? (await context.newPage());
    page.setDefaultTimeout(10 * MINUTES);
    await page.goto(origin);
    await page.waitForFunction(() => globalThis.bench !== undefined);
    const version = context.browser()?.version() ?? '';
    return await action({
      version,
      call: (name, ...args) => page.evaluate(([verb, rest]) => globalThis.bench[verb](...rest), [name, args]),
      renderer: new Renderer(profile),
      /** Slows the page's own thread down by this factor; its workers, and the engine's compilers, stay as fast. */
      throttle: async (rate) => {
        const session = await context.newCDPSession(page);
        await session.send('Emulation.setCPUThrottlingRate', { rate });
      },
    });
  } finally {
    await context.close();
  }
}

/** Returns undefined if the process has ended. */
function readProcess(pid, file) {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    return undefined;
  }
}

const parentOf = (pid) => Number(/^PPid:\s+(\d+)/m.exec(readProcess(pid, 'status') ?? '')?.[1] ?? 0);

function isBelow(pid, ancestor) {
  for (let at = pid; at > 1; at = parentOf(at)) if (at === ancestor) return true;
  return false;
}

/** Returns the renderer of the browser with this profile. */
function rendererOf(profile) {
  const commands = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((name) => ({ pid: Number(name), command: readProcess(name, 'cmdline') ?? '' }));
  const browser = commands.find(
    ({ command }) => command.includes(`--user-data-dir=${profile}`) && !command.includes('--type='),
  );
  const renderers = commands
    .filter(({ pid, command }) => command.includes('--type=renderer') && isBelow(pid, browser?.pid))
    // The browser may keep a spare renderer, which is small.
    .sort((a, b) => bytesOf(b.pid, 'VmHWM') - bytesOf(a.pid, 'VmHWM'));
  if (renderers[0] === undefined) throw new Error('the renderer of the browser was not found');
  return renderers[0].pid;
}

function bytesOf(pid, field) {
  const kilobytes = new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(readProcess(pid, 'status') ?? '')?.[1];
  return Number(kilobytes ?? 0) * 1024;
}

class Renderer {
  #profile;
  #pid;

  constructor(profile) {
    this.#profile = profile;
  }

  /** Looked up late, when it is the largest renderer. */
  get #found() {
    this.#pid ??= rendererOf(this.#profile);
    return this.#pid;
  }

  /** Returns bytes in use. */
  inUse() {
    return bytesOf(this.#found, 'VmRSS');
  }

  /** Returns the peak in bytes, since `forgetPeak` or the start. */
  peak() {
    return bytesOf(this.#found, 'VmHWM');
  }

  /** Resets the peak to the memory in use. */
  forgetPeak() {
    writeFileSync(`/proc/${this.#found}/clear_refs`, '5');
  }

  /** Returns the time that all threads have used so far. */
  cpuMs() {
    const threads = readdirSync(`/proc/${this.#found}/task`);
    const nanoseconds = threads.map((thread) => readProcess(this.#found, `task/${thread}/schedstat`)?.split(' ')[0]);
    return nanoseconds.reduce((sum, ns) => sum + Number(ns ?? 0), 0) / 1e6;
  }
}
