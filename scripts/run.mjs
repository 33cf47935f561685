// `npm run signalbox -- ...` and `npm run route -- ...`: runs the set-up step, then the command.
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import process from 'node:process';
import { root, setUp } from './setup.mjs';

try {
  setUp('build');
} catch (error) {
  console.error(`signalbox set-up: ${error.message}`);
  process.exit(1);
}
const { status } = spawnSync(process.execPath, [path.join(root, 'dist', 'cli.js'), ...process.argv.slice(2)], {
  stdio: 'inherit',
  cwd: process.env.INIT_CWD ?? process.cwd(),
});
process.exitCode = status ?? 1;
