/** Turns errors of the file system into errors of the package. */
import { getSystemErrorMap } from 'node:util';
import { SignalboxError } from '../../errors.js';
import { shortCause } from '../describe.js';

const NO_ROOM = new Set<string | undefined>(['ENOSPC', 'EDQUOT', 'EFBIG']);

/** Returns whether the file system failed, as opposed to the program. */
export const isSystemError = (cause: unknown): cause is NodeJS.ErrnoException =>
  cause instanceof Error && typeof (cause as NodeJS.ErrnoException).syscall === 'string';

/** Returns the system's reason without the path, as in "no such file or directory". */
export function reasonOf(cause: unknown): string {
  const { errno, message } = cause as NodeJS.ErrnoException;
  const known = errno === undefined ? undefined : getSystemErrorMap().get(errno);
  return known?.[1] ?? shortCause(message ?? cause);
}

/** Returns the error for a failed operation: `quota_exceeded` without room, else `network`. Errors of the package stay. */
export function diskError(what: string, cause: unknown): SignalboxError {
  if (cause instanceof SignalboxError) return cause;
  const code = NO_ROOM.has((cause as NodeJS.ErrnoException).code) ? 'quota_exceeded' : 'network';
  return new SignalboxError(code, `${what}: ${reasonOf(cause)}`, { cause });
}
