import { homedir } from 'node:os';
import path from 'node:path';
import process from 'node:process';

/** Returns a folder in the user's cache directory. */
export const cacheFolder = (name: string): string =>
  path.join(process.env.XDG_CACHE_HOME || path.join(homedir(), '.cache'), 'signalbox', name);
