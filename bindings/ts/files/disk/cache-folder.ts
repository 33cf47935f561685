/** Where this person's programs keep what can be had again. */
import { homedir } from 'node:os';
import path from 'node:path';
import process from 'node:process';

export const cacheFolder = (name: string): string =>
  path.join(process.env.XDG_CACHE_HOME || path.join(homedir(), '.cache'), 'signalbox', name);
