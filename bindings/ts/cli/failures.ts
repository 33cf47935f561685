/** Failures of the command: their text or JSON on the standard error, and the exit code. */
import process from 'node:process';
import { SignalboxError } from '../errors.js';
import { diskError, isSystemError } from '../files/disk/errors.js';
import { printable, printableJson, printableMessage } from '../files/printable.js';
import { type Command, CommanderError } from '../vendor/commander-node.js';
import { interruptCode } from './interruptible.js';

/** Exit codes of failures; 0 means success. A signal ends the command with 128 and the signal's number. */
const FAILED = 1;
const WRONG_USAGE = 2;

export const EXIT_CODES = `
Exit codes:
  0    success
  1    failure
  2    wrong usage: an unknown command, option or argument
  129  hangup: the terminal was closed
  130  Ctrl-C
  143  terminated
With --json, an error is JSON on the standard error: {"error":{"code","message"}}.`;

/** An error in the command line. */
export class UsageError extends SignalboxError {
  /** The command whose help explains it. */
  readonly command: string;

  constructor(message: string, command: string) {
    super('invalid_argument', message);
    this.command = command;
  }
}

const nameOf = (command: Command): string =>
  command.parent === null ? command.name() : `${nameOf(command.parent)} ${command.name()}`;

/** A word like `--policy`: a misspelt option, as opposed to a prompt. */
const LONG_OPTION = /^--[\w-]+(=|$)/;

/** Puts commander's message on one line; a prompt that was taken for an option or a command gets a hint. */
function usageError(command: Command, { code, message }: CommanderError): UsageError {
  const line = message.replace(/^error: /, '').replace(/\n\(Did you mean (.*)\?\)$/, ', did you mean $1?');
  const unknown = code === 'commander.unknownOption' ? /^unknown option '(.*?)'/s.exec(line)?.[1] : undefined;
  const takesPrompt = command.registeredArguments.some((argument) => argument.name() === 'prompt');
  const isPrompt = unknown !== undefined && takesPrompt && !LONG_OPTION.test(unknown);
  const hint = isPrompt ? `; a prompt that begins with a dash goes after --: ${nameOf(command)} -- '${unknown}'` : '';
  const word = code === 'commander.unknownCommand' ? /^unknown command '(.*)'/s.exec(line)?.[1] : undefined;
  const routes = word !== undefined && /\s/.test(word) ? '; a prompt goes after route: signalbox route "..."' : '';
  const isSplit = code === 'commander.excessArguments' && takesPrompt;
  return new UsageError(
    `${line}${hint}${routes}${isSplit ? '; quote a prompt of several words' : ''}`,
    nameOf(command),
  );
}

/** Lets a command and its subcommands throw `UsageError` in place of printing and exiting. */
export function throwUsageErrors(command: Command): void {
  command.exitOverride((error) => {
    // Help that was asked for, or printed because no command was named.
    if (error.exitCode === 0 || error.code === 'commander.help') throw error;
    throw usageError(command, error);
  });
  command.configureOutput({ outputError: () => undefined });
  for (const subcommand of command.commands) throwUsageErrors(subcommand);
}

/** Returns whether the command line asks for JSON, on the output or in a file; after `--` it is a prompt. */
function isJson(): boolean {
  const end = process.argv.indexOf('--');
  return process.argv.slice(2, end < 0 ? undefined : end).some((argument) => /^--json(=|$)/.test(argument));
}

function textOf(error: unknown): string {
  if (error instanceof UsageError) return `${printable(error.message)} (try '${error.command} --help')`;
  if (error instanceof SignalboxError) return `${printableMessage(error.message)} (${error.code})`;
  const { stack } = (error ?? {}) as Partial<Error>;
  return (stack ?? String(error)).split('\n').map(printable).join('\n');
}

/** Returns the error to report: errors of the system, such as those of a full disk, have a code of the package. */
const reported = (cause: unknown) => (isSystemError(cause) ? diskError('a file or the output failed', cause) : cause);

/** Prints a failure and sets the exit code. */
export function reportFailure(cause: unknown): void {
  if (cause instanceof CommanderError) {
    process.exitCode = cause.exitCode === 0 ? 0 : WRONG_USAGE;
    return;
  }
  const error = reported(cause);
  process.exitCode = error instanceof UsageError ? WRONG_USAGE : FAILED;
  const { code, message } = error instanceof SignalboxError ? error : { code: 'internal', message: String(error) };
  if (code === 'aborted') process.exitCode = interruptCode() ?? FAILED;
  const json = () => printableJson(JSON.stringify({ error: { code, message } }));
  process.stderr.write(`${isJson() ? json() : `signalbox: ${textOf(error)}`}\n`);
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
    reportFailure(diskError('the output could not be written', cause));
    // The command does not know of the failure, and sets its own code as it ends.
    process.once('exit', () => {
      process.exitCode = FAILED;
    });
  });
  // Without a standard error, the exit code alone reports a failure.
  process.stderr.on('error', () => undefined);
}
