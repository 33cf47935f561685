/** Temporary files and folders, which are removed with the process, or by a later one if it was killed. */
import { createHash } from 'node:crypto';
import { readFileSync, readlinkSync, rmSync } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import { hostname } from 'node:os';
import path from 'node:path';
import process from 'node:process';

const read = (file: string, by: (name: string) => string = (name) => readFileSync(name, 'utf8')) => {
  try {
    return by(file);
  } catch {
    return ''; // Not on this system.
  }
};

/** Tells machines and containers that share a folder apart, since a process number identifies a process only in its own. */
function hostHash(): string {
  const names = [hostname(), read('/etc/machine-id'), read('/proc/self/ns/pid', (name) => readlinkSync(name))];
  return createHash('sha256').update(names.join('\n')).digest('hex').slice(0, 8);
}

/** Returns when a process started, in ticks since the system did: numbers of processes are reused. 0 if not known. */
function startOf(pid: number): string {
  const stat = read(`/proc/${pid}/stat`);
  // The name of the command, in brackets, may hold anything.
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '0';
}

const HOST = hostHash();
const OWNER = `${HOST}-${process.pid}-${startOf(process.pid)}`;
const PATTERN = /\.(?:building|writing)-([0-9a-f]{8})-(\d+)-(\d+)(?:-\w+|\.tmp)$/;

/** Returns the start of the name of a temporary folder. */
export const temporaryFolder = (beside: string) => `${path.resolve(beside)}.building-${OWNER}-`;

/** Returns the name of the temporary file that becomes `file`. */
export const temporaryFile = (file: string) => `${file}.writing-${OWNER}.tmp`;

/** Returns whether a process of this machine runs. */
export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (cause) {
    return (cause as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Returns whether a temporary file was left by a process of this machine that has ended. */
function isLeft(name: string): boolean {
  const [, host, pid, start] = PATTERN.exec(name) ?? [];
  return host === HOST && (!isRunning(Number(pid)) || startOf(Number(pid)) !== start);
}

async function removeFrom(folder: string, isUnwanted: (name: string) => boolean): Promise<void> {
  const names = await readdir(folder).catch(() => []);
  for (const name of names.filter(isUnwanted)) {
    // Another user's, perhaps.
    await rm(path.join(folder, name), { recursive: true, force: true }).catch(() => undefined);
  }
}

/** Removes what killed processes left in a folder. */
export const removeLeftovers = (folder: string) => removeFrom(folder, isLeft);

/** Removes the temporary files of this process, of any thread, from a folder. */
export const removeOwn = (folder: string) =>
  removeFrom(folder, (name) => PATTERN.exec(name)?.slice(1).join('-') === OWNER);

const kept = new Set<string>();

function removeAll(): void {
  for (const name of kept) rmSync(name, { recursive: true, force: true });
}

/** Removes a file or folder if the process exits before the returned function is called. */
export function removeAtExit(name: string): () => void {
  if (kept.size === 0) process.once('exit', removeAll);
  kept.add(name);
  return () => {
    kept.delete(name);
    if (kept.size === 0) process.off('exit', removeAll);
  };
}
