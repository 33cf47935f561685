// Runs blocks that serve until they are ended: each prints its address, is asked once, and ends.
import { spawn } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const ADDRESS = /http:\/\/localhost:(3000|8080)/;

/** Returns the packages that a block imports and this checkout does not have. */
export const missingPackages = (code) =>
  [...code.matchAll(/\bfrom '((?:@[\w.-]+\/)?[\w-][\w.-]*)[^']*'/g)]
    .map(([, name]) => name)
    .filter((name) => !['signalbox', 'node'].includes(name) && !existsSync(path.join(root, 'node_modules', name)));

const freePort = () =>
  new Promise((resolve) => {
    const server = createServer().listen(0, 'localhost', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });

/** Returns whether a server decides, or only has files. */
export const decides = (code) => /from 'signalbox/.test(code);

/** Runs a server's code in a folder and asks it for a decision, or for its first page; returns the text of its answer. */
export async function askServer(node, code, folder, prompt) {
  const [, written] = ADDRESS.exec(code) ?? [];
  if (written === undefined) throw new Error('expected an address such as http://localhost:3000');
  const port = await freePort();
  const module = path.join(folder, 'server.mjs');
  writeFileSync(module, code.replaceAll(written, String(port)));
  const child = spawn(node, [module], { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
  try {
    await new Promise((resolve, reject) => {
      let printed = '';
      const read = (text) => {
        printed += text;
        if (printed.includes(`:${port}`)) resolve();
      };
      child.stdout.setEncoding('utf8').on('data', read);
      child.stderr.setEncoding('utf8').on('data', read);
      child.on('close', (status) => reject(new Error(`it ended with ${status}:\n${printed}`)));
      child.on('error', reject);
    });
    const place = /['"]\/route\b/.test(code) ? 'route' : '';
    const asking = {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ prompt }),
    };
    const response = await fetch(`http://localhost:${port}/${place}`, decides(code) ? asking : {});
    return { status: response.status, text: await response.text() };
  } finally {
    child.kill();
  }
}
