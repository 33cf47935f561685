/** The ends of the standard streams, and of the command. */
import process from 'node:process';
import { SignalboxError } from '../errors.js';
import { diskError, isSystemError } from '../files/disk/errors.js';
import { interruptCode } from './interruptible.js';

/** Prints an error as the command prints errors, and sets the exit code. Anything but an error of this package or of the system is thrown. */
export function fail(cause: unknown): void {
  if (!(cause instanceof SignalboxError) && !isSystemError(cause)) throw cause;
  const { code, message } = diskError('a file or the output failed', cause);
  process.stderr.write(
    process.argv.includes('--json')
      ? `${JSON.stringify({ error: { code, message } })}\n`
      : `signalbox: ${message} (${code})\n`,
  );
  process.exitCode = (code === 'aborted' && interruptCode()) || 1;
}

/**
 * Reports an output that cannot be written, once; the command still removes its temporary files. A reader that closes the
 * pipe early (`| head`) is not an error.
 */
export function watchOutput(): void {
  let hasFailed = false;
  process.stdout.on('error', (cause: NodeJS.ErrnoException) => {
    if (cause.code === 'EPIPE' || hasFailed) return;
    hasFailed = true;
    fail(diskError('the output could not be written', cause));
    // The command, which ends as if it had been heard, sets the code, too.
    process.once('exit', () => {
      process.exitCode = 1;
    });
  });
  // Without a place for messages the exit code has to do.
  process.stderr.on('error', () => undefined);
}
