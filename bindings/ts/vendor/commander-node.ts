/** Arguments of the command. */
export { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
