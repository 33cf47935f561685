// A virtual screen for a browser with a window, and input events on it. Menus, shortcuts and dialogs belong to the browser, not to a page, and react only to these.
import { execFile, spawn } from 'node:child_process';
import process from 'node:process';
import { promisify } from 'node:util';
import { repeat, waitFor } from '../web/waiting.mjs';

export const SIZE = { width: 1280, height: 900 };

const missing = (program, { message, code }) =>
  new Error(`got ${code ?? message} from ${program}, expected it to be installed (Debian packages: xvfb, xdotool)`);

/** X's names of keys, by their names in pages and manifests. */
const KEYS = {
  ...{ Enter: 'Return', Backspace: 'BackSpace', Space: 'space', PageUp: 'Prior', PageDown: 'Next' },
  ...{ ArrowUp: 'Up', ArrowDown: 'Down', ArrowLeft: 'Left', ArrowRight: 'Right', Comma: 'comma', Period: 'period' },
  ...{ Control: 'ctrl', Ctrl: 'ctrl', Alt: 'alt', Shift: 'shift' },
};
/** Translates a shortcut such as 'Alt+Shift+M', as a manifest writes it. */
const keysOf = (keys) =>
  keys
    .split('+')
    .map((key) => KEYS[key] ?? (key.length === 1 ? key.toLowerCase() : key))
    .join('+');

async function startServer() {
  const size = `${SIZE.width}x${SIZE.height}x24`;
  // The server picks the first free display, and reports its number.
  const server = spawn('Xvfb', ['-displayfd', '3', '-screen', '0', size, '-nolisten', 'tcp'], {
    stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
  });
  const display = await new Promise((resolve, reject) => {
    server.once('error', (error) => reject(missing('Xvfb', error)));
    server.once('exit', (code) => reject(new Error(`got exit status ${code} from Xvfb, expected a display`)));
    server.stdio[3].once('data', (line) => resolve(`:${String(line).trim()}`));
  });
  const end = () => server.kill();
  process.once('exit', end);
  const close = async () => {
    process.off('exit', end);
    const exited = new Promise((resolve) => server.once('exit', resolve));
    end();
    await exited;
  };
  return { display, close };
}

/** Sends keys to the focused window, or to the one under the pointer. Points are screen pixels. */
export async function openScreen() {
  const { display, close } = await startServer();
  const env = { ...process.env, DISPLAY: display, MOZ_ENABLE_WAYLAND: '0' };
  delete env.WAYLAND_DISPLAY;
  const xdotool = async (...args) => {
    try {
      return (await promisify(execFile)('xdotool', args, { env })).stdout.trim();
    } catch (error) {
      throw error.code === 'ENOENT' ? missing('xdotool', error) : error;
    }
  };
  const windows = async () => {
    const found = await xdotool('search', '--onlyvisible', '--maxdepth', '1', '--class', '').catch(() => '');
    return found === '' ? 0 : found.split('\n').length;
  };
  const clickAt = ({ x, y }, button = 'left') => {
    const at = [Math.round(x), Math.round(y)].map(String);
    return xdotool('mousemove', ...at, 'click', button === 'right' ? '3' : '1');
  };
  return {
    env,
    press: (keys) => xdotool('key', keysOf(keys)),
    type: (text) => xdotool('type', '--delay', '10', text),
    clickAt,
    /** Opens the menu at a point, and chooses an entry by its first letter. */
    chooseInMenu: async (point, key) => {
      const before = await windows();
      const isOpen = async () => (await windows()) > before;
      await clickAt(point, 'right');
      await waitFor('a menu', isOpen);
      const choose = () => xdotool('key', keysOf(key));
      await repeat(`the menu to close after ${key}`, choose, async () => !(await isOpen()));
    },
    close,
  };
}
