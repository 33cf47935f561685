// What is not the site's doing: a page with nothing but a worker that answers at once; and who uses the processor.
import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';

const FILES = {
  'index.html': '<!doctype html><title>Empty</title><script type="module" src="page.js"></script>',
  'page.js': `new Worker('./worker.js', { type: 'module' }).onmessage = () => {
    document.body.innerHTML = '<p class="pick"><strong data-pick>answered</strong></p>';
  };`,
  'worker.js': 'postMessage(null);',
};

/** Writes a page that shows a pick as soon as its worker has started; returns its folder. */
export function emptySite() {
  const folder = mkdtempSync(path.join(tmpdir(), 'signalbox-bench-empty-'));
  for (const [name, text] of Object.entries(FILES)) writeFileSync(path.join(folder, name), text);
  return folder;
}

/** Returns what a file of /proc says; `undefined` if its process or thread has ended. */
function read(...parts) {
  try {
    return readFileSync(path.join('/proc', ...parts), 'utf8');
  } catch {
    return undefined;
  }
}

/** Returns the descendants of this process. */
function descendants() {
  const children = new Map();
  for (const id of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    const parent = read(id, 'stat')
      ?.replace(/^.*\) /, '')
      .split(' ')[1];
    children.set(parent, [...(children.get(parent) ?? []), id]);
  }
  const below = (id) => (children.get(id) ?? []).flatMap((child) => [child, ...below(child)]);
  return below(String(process.pid));
}

/** Kinds of threads, in the order of the table. */
const KINDS = {
  worker: (isPage, thread) => isPage && thread.startsWith('DedicatedWorker'),
  'main thread': (isPage, _, isFirst) => isPage && isFirst,
  'compilers and drawing': (isPage, thread) => isPage && /^(ThreadPool|Compositor)/.test(thread),
  'the rest of the browser': () => true,
};

/** Returns the processor time of each thread of the browser so far, in ms, by its id; empty where there is no /proc. */
export function processorTimes() {
  if (process.platform !== 'linux') return new Map();
  const threads = descendants().flatMap((id) => {
    const isPage = read(id, 'cmdline')?.includes('--type=renderer') === true;
    const ids = read(id, 'stat') === undefined ? [] : readdirSync(`/proc/${id}/task`);
    return ids.map((task) => {
      const thread = read(id, 'task', task, 'comm') ?? '';
      const [kind] = Object.entries(KINDS).find(([, isOf]) => isOf(isPage, thread, task === id));
      return [`${id}/${task}`, { kind, ms: Number(read(id, 'task', task, 'schedstat')?.split(' ')[0] ?? 0) / 1e6 }];
    });
  });
  return new Map(threads);
}

/** Returns the processor time since `before` by the kind of thread; `undefined` where it is not known. */
export function spentSince(before) {
  const now = processorTimes();
  if (now.size === 0) return undefined;
  const spent = Object.fromEntries(Object.keys(KINDS).map((kind) => [kind, 0]));
  for (const [id, { kind, ms }] of now) spent[kind] += ms - (before.get(id)?.ms ?? 0);
  return spent;
}
