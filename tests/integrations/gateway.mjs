// `signalbox serve` as a process of its own.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import process from 'node:process';
import { root } from '../../scripts/setup.mjs';

const JSON_TYPE = { 'content-type': 'application/json' };

/** Starts the command with these candidates; resolves once it listens. */
export async function startGateway(models, ...options) {
  const command = path.join(root, 'dist/cli.js');
  const child = spawn(process.execPath, [command, 'serve', '--port', '0', '--models', models.join(), ...options]);
  const said = [];
  const ended = once(child, 'exit');
  const url = await new Promise((resolve, reject) => {
    child.stderr.setEncoding('utf8').on('data', (text) => {
      said.push(text);
      const found = /(http:\/\/\S+)\/v1 chooses/.exec(said.join(''));
      if (found) resolve(found[1]);
    });
    ended.then(([code]) => reject(new Error(`ended with ${code}: ${said.join('')}`)));
  });
  return {
    url,
    child,
    said: () => said.join(''),
    ask: (place, body, headers = {}) =>
      fetch(`${url}${place}`, { method: 'POST', headers: { ...JSON_TYPE, ...headers }, body: JSON.stringify(body) }),
    text: async (place) => (await fetch(`${url}${place}`)).text(),
    stop: async () => {
      child.kill('SIGTERM');
      const [code] = await ended;
      return code;
    },
  };
}
