/** Arguments of the command. */
export { Argument, Command, CommanderError, InvalidArgumentError, Option } from 'commander';
