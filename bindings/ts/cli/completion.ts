/** The command `signalbox completion`: scripts that let shells complete commands and options. */
import type { Command } from '../vendor/commander-node.js';

export const SHELLS = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof SHELLS)[number];

interface Words {
  name: string;
  description: string;
  options: { name: string; description: string; choices: readonly string[] }[];
}

function wordsOf(command: Command): Words {
  const options = command.options.flatMap(({ long, description, argChoices }) =>
    long ? [{ name: long, description, choices: argChoices ?? [] }] : [],
  );
  return { name: command.name(), description: command.description(), options };
}

/** Quotes a text for a shell. */
const quoted = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`;

const listOf = (names: readonly string[]) => quoted(names.join(' '));

function bash(commands: readonly Words[]): string {
  const cases = commands.map(({ name, options }) => `    ${name}) words=${listOf(options.map((one) => one.name))} ;;`);
  return `# Completion of signalbox for bash: signalbox completion bash > /etc/bash_completion.d/signalbox
_signalbox() {
  local word="\${COMP_WORDS[COMP_CWORD]}" words
  case "\${COMP_WORDS[1]}" in
${cases.join('\n')}
    *) words=${listOf(commands.map(({ name }) => name))} ;;
  esac
  [ "$COMP_CWORD" -eq 1 ] && words=${listOf(commands.map(({ name }) => name))}
  case "$word" in
    -*) COMPREPLY=($(compgen -W "$words" -- "$word")) ;;
    *) [ "$COMP_CWORD" -eq 1 ] && COMPREPLY=($(compgen -W "$words" -- "$word")) || COMPREPLY=($(compgen -f -- "$word")) ;;
  esac
}
complete -F _signalbox signalbox
`;
}

function zsh(commands: readonly Words[]): string {
  const escaped = (text: string) => text.replace(/[[\]:]/g, '\\$&');
  const names = commands.map(({ name, description }) => quoted(`${name}:${escaped(description)}`));
  const cases = commands.map(({ name, options }) => {
    const specs = options.map((option) => {
      const values = option.choices.length > 0 ? `:value:(${option.choices.join(' ')})` : '';
      return quoted(`${option.name}[${escaped(option.description)}]${values}`);
    });
    return `    ${name}) _arguments ${specs.join(' ')} '*:file:_files' ;;`;
  });
  return `#compdef signalbox
# Completion of signalbox for zsh: signalbox completion zsh > a folder of $fpath, as _signalbox
_signalbox() {
  local -a commands=(${names.join(' ')})
  if (( CURRENT == 2 )); then _describe command commands; return; fi
  shift words; (( CURRENT-- ))
  case "$words[1]" in
${cases.join('\n')}
  esac
}
_signalbox "$@"
`;
}

function fish(commands: readonly Words[]): string {
  const lines = commands.flatMap(({ name, description, options }) => [
    `complete -c signalbox -n __fish_use_subcommand -a ${name} -d ${quoted(description)}`,
    ...options.map((option) => {
      const values = option.choices.length > 0 ? ` -x -a ${listOf(option.choices)}` : '';
      const long = option.name.replace(/^--/, '');
      return `complete -c signalbox -n '__fish_seen_subcommand_from ${name}' -l ${long} -d ${quoted(option.description)}${values}`;
    }),
  ]);
  return `# Completion of signalbox for fish: signalbox completion fish > ~/.config/fish/completions/signalbox.fish\n${lines.join('\n')}\n`;
}

const WRITERS = { bash, zsh, fish };

/** Returns the script of a shell for all commands of the program. */
export const completionFor = (program: Command, shell: Shell): string => WRITERS[shell](program.commands.map(wordsOf));
