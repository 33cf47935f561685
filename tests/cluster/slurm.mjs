// Runs a one-node Slurm on this machine: a controller, a node daemon and munge, from Debian's packages. Needs root.
import { spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmodSync, chownSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';

const START_MS = 60_000;
const POLL_MS = 200;

export const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** Returns the reason why a cluster cannot run here; undefined if it can. */
export function whyNot() {
  if (process.getuid?.() !== 0) return 'only root can start the daemons';
  const missing = ['slurmctld', 'slurmd', 'sbatch', 'munged'].find(
    (name) => spawnSync('sh', ['-c', `command -v ${name}`]).status !== 0,
  );
  return missing === undefined ? undefined : `${missing} is not installed`;
}

const idOf = (flag) => Number(spawnSync('id', [flag, 'munge'], { encoding: 'utf8' }).stdout);

function startMunge() {
  const key = '/etc/munge/munge.key';
  const [uid, gid] = [idOf('-u'), idOf('-g')];
  if (!existsSync(key)) writeFileSync(key, randomBytes(1024));
  chownSync(key, uid, gid);
  chmodSync(key, 0o400);
  mkdirSync('/run/munge', { recursive: true });
  chownSync('/run/munge', uid, gid);
  if (spawnSync('munge', ['-n'], { stdio: 'ignore' }).status === 0) return undefined;
  return spawn('munged', ['--foreground'], { uid, gid, stdio: 'ignore' });
}

function writeConfiguration(folder) {
  const host = hostname();
  const settings = {
    ClusterName: 'test',
    SlurmctldHost: `${host}(127.0.0.1)`,
    SlurmUser: 'root',
    AuthType: 'auth/munge',
    StateSaveLocation: path.join(folder, 'state'),
    SlurmdSpoolDir: path.join(folder, 'spool'),
    SlurmctldPidFile: path.join(folder, 'slurmctld.pid'),
    SlurmdPidFile: path.join(folder, 'slurmd.pid'),
    SlurmctldLogFile: path.join(folder, 'slurmctld.log'),
    SlurmdLogFile: path.join(folder, 'slurmd.log'),
    ProctrackType: 'proctrack/linuxproc',
    TaskPlugin: 'task/none',
    SelectType: 'select/cons_tres',
    ReturnToService: '2',
  };
  const lines = Object.entries(settings).map(([key, value]) => `${key}=${value}`);
  lines.push(
    `NodeName=${host} NodeAddr=127.0.0.1 CPUs=2`,
    `PartitionName=all Nodes=${host} Default=YES MaxTime=INFINITE`,
  );
  const file = path.join(folder, 'slurm.conf');
  writeFileSync(file, `${lines.join('\n')}\n`);
  return file;
}

/** Starts the cluster; `run` runs a Slurm command, `stop` ends all daemons. */
export async function startSlurm() {
  const folder = mkdtempSync(path.join(tmpdir(), 'signalbox-slurm-'));
  for (const name of ['state', 'spool']) mkdirSync(path.join(folder, name));
  const environment = { ...process.env, SLURM_CONF: writeConfiguration(folder) };
  const munged = startMunge();
  await pause(1000);
  const daemons = ['slurmctld', 'slurmd'].map((name) => spawn(name, ['-D'], { env: environment, stdio: 'ignore' }));
  const run = (command, ...args) => {
    const { status, stdout, stderr } = spawnSync(command, args, { encoding: 'utf8', env: environment });
    if (status !== 0) throw new Error(`${command} ${args.join(' ')}: ${stderr}`);
    return stdout.trim();
  };
  const stop = async () => {
    const all = [...daemons, munged].filter(Boolean);
    for (const daemon of all) daemon.kill();
    await Promise.all(all.map((d) => d.exitCode ?? new Promise((resolve) => d.once('exit', resolve))));
    rmSync(folder, { recursive: true, force: true });
  };
  for (const start = Date.now(); ; await pause(POLL_MS)) {
    const { stdout } = spawnSync('sinfo', ['-h', '-o', '%T'], { encoding: 'utf8', env: environment });
    if (stdout?.trim() === 'idle') break;
    if (Date.now() - start < START_MS) continue;
    const log = path.join(folder, 'slurmctld.log');
    const said = existsSync(log) ? readFileSync(log, 'utf8').slice(-2000) : '';
    await stop();
    throw new Error(`the node did not become idle: ${stdout}\n${said}`);
  }
  return { environment, run, stop };
}
