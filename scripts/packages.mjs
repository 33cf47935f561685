// Installs the Debian packages that a step needs. Uses only Node's own modules, because it runs before `npm ci`.
import { spawnSync } from 'node:child_process';

/** Debian packages by purpose. */
const PACKAGES = {
  build: ['emscripten', 'cmake', 'ninja-build', 'libeigen3-dev', 'nlohmann-json3-dev'],
  test: [
    ...['g++', 'libgtest-dev', 'clang', 'libclang-rt-14-dev', 'clang-format', 'clang-tidy'],
    ...['chromium', 'firefox-esr', 'xvfb', 'xdotool', 'openssl', 'python3-pip'],
  ],
  cluster: ['slurmctld', 'slurmd', 'slurm-client', 'munge'],
};

export function has(command) {
  return spawnSync('sh', ['-c', `command -v ${command}`]).status === 0;
}

/** Whether an activated emsdk replaces the distribution's Emscripten. */
export function hasEmsdk() {
  return Boolean(process.env.EMSDK) && has('emcc');
}

function isInstalled(name) {
  // biome-ignore lint/suspicious/noTemplateCurlyInString: dpkg's own placeholder
  const { status, stdout } = spawnSync('dpkg-query', ['-W', '-f', '${db:Status-Status}', name], { encoding: 'utf8' });
  return status === 0 && stdout === 'installed';
}

/** Commands that succeed if a package's content is present, for systems without dpkg. */
const PROBES = {
  emscripten: 'command -v emcc',
  cmake: 'command -v cmake',
  'ninja-build': 'command -v ninja',
  'libeigen3-dev': 'ls /usr/include/eigen3 /usr/local/include/eigen3 2>/dev/null | grep -q Eigen',
  'nlohmann-json3-dev': 'ls /usr/include/nlohmann /usr/local/include/nlohmann 2>/dev/null | grep -q json.hpp',
  'g++': 'command -v g++',
  'libgtest-dev': 'ls /usr/include/gtest /usr/local/include/gtest 2>/dev/null | grep -q gtest.h',
  clang: 'command -v clang++',
  'libclang-rt-14-dev': 'command -v clang++',
  'clang-format': 'command -v clang-format',
  'clang-tidy': 'command -v clang-tidy',
  chromium: 'command -v chromium',
  'firefox-esr': 'command -v firefox-esr',
  xvfb: 'command -v Xvfb',
  xdotool: 'command -v xdotool',
  openssl: 'command -v openssl',
  'python3-pip': 'python3 -m pip --version',
  slurmctld: 'command -v slurmctld',
  slurmd: 'command -v slurmd',
  'slurm-client': 'command -v sbatch',
  munge: 'command -v munged',
};

function missing(purposes) {
  const wanted = purposes.flatMap((purpose) => PACKAGES[purpose]);
  const needed = wanted.filter((name) => !(name === 'emscripten' && hasEmsdk()));
  if (has('dpkg-query')) return needed.filter((name) => !isInstalled(name));
  return needed.filter((name) => spawnSync('sh', ['-c', PROBES[name]]).status !== 0);
}

function run(command, args) {
  const { status } = spawnSync(command, args, {
    stdio: ['ignore', 2, 2],
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} failed`);
}

/** Installs the missing packages for these purposes. Throws if that is impossible. */
export function installPackages(purposes, say) {
  const names = missing(purposes);
  if (names.length === 0) return;
  if (!has('apt-get')) {
    throw new Error(`install these first (names of Debian packages): ${names.join(', ')}`);
  }
  const root = process.getuid?.() === 0;
  if (!root && !has('sudo')) throw new Error(`as root: apt-get install ${names.join(' ')}`);
  const apt = (...args) => (root ? run('apt-get', args) : run('sudo', ['apt-get', ...args]));
  say(`installing ${names.join(', ')}`);
  apt('update', '-qq');
  apt('install', '-y', '-qq', '--no-install-recommends', ...names);
}
