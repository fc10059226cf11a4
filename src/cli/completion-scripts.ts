// Completion scripts for the shells. Each holds all commands: a shell that completes starts no program.
import type { KnownCommand } from './reference';

/** Works in the bash 3.2 of a Mac as well. */
export function bashScript(commands: readonly KnownCommand[]): string {
  return `# jisr: completion for bash, made by \`jisr completion bash\`
_jisr() {
${placeFunction('"${COMP_WORDS[@]:1:COMP_CWORD-1}"')}
  COMPREPLY=()
  local word
  while IFS= read -r word; do COMPREPLY+=("$word"); done < <(compgen -W "$(_jisr_words "$place" "$before")" -- "\${COMP_WORDS[COMP_CWORD]}")
}
${wordsFunction(commands)}
complete -o default -F _jisr jisr`;
}

export function zshScript(commands: readonly KnownCommand[]): string {
  return `#compdef jisr
# jisr: completion for zsh, made by \`jisr completion zsh\`
_jisr() {
  emulate -L zsh
${placeFunction('"${(@)words[2,CURRENT-1]}"')}
  local -a found
  found=(\${=$(_jisr_words "$place" "$before")})
  if (( \${#found} )); then compadd -- $found; else _files; fi
}
${wordsFunction(commands)}
compdef _jisr jisr`;
}

/** Where in the commands the words lead to, and the word before the one that is completed. */
function placeFunction(words: string): string {
  return `  local place="" before="" next
  for next in ${words}; do
    before="$next"
    case "$next" in
      -*) ;;
      *) case " $(_jisr_words "$place" commands) " in *" $next "*) place="\${place:+$place }$next" ;; esac ;;
    esac
  done`;
}

/** Prints what may stand at a place: values after an option with choices, else commands and options. */
function wordsFunction(commands: readonly KnownCommand[]): string {
  const cases = commands.flatMap(({ path, commands: below, options, argumentChoices }) => {
    const place = path.join(' ');
    const flags = options.flatMap((option) => option.flags);
    return [
      ...options
        .filter(({ takesValue }) => takesValue)
        .flatMap((option) =>
          option.flags.map((flag) => `    "${place}:${flag}") echo "${option.choices.join(' ')}" ;;`),
        ),
      `    "${place}:commands") echo "${below.join(' ')}" ;;`,
      `    "${place}:"*) echo "${[...below, ...argumentChoices, ...flags].join(' ')}" ;;`,
    ];
  });
  return `_jisr_words() {
  case "$1:$2" in
${cases.join('\n')}
  esac
}`;
}

export function fishScript(commands: readonly KnownCommand[]): string {
  const lines = commands.flatMap(({ path, commands: below, options, argumentChoices }) => {
    const here = `-n "__jisr_at '${path.join(' ')}'"`;
    return [
      ...below.map((name) => `complete -c jisr -f ${here} -a ${name}${about(commands, [...path, name])}`),
      ...argumentChoices.map((choice) => `complete -c jisr -f ${here} -a ${choice}`),
      ...options.map((option) => {
        const flags = option.flags.map((flag) =>
          flag.startsWith('--') ? `-l ${flag.slice(2)}` : `-s ${flag.slice(1)}`,
        );
        const value = option.takesValue ? ` -r` : '';
        const choices = option.choices.length > 0 ? ` -f -a '${option.choices.join(' ')}'` : '';
        return `complete -c jisr ${here} ${flags.join(' ')}${value}${choices}`;
      }),
    ];
  });
  const places = commands.map(({ path }) => `'${path.join(' ')}'`).join(' ');
  return `# jisr: completion for fish, made by \`jisr completion fish\`
function __jisr_at
  set -l place ''
  for word in (commandline -opc)[2..-1]
    set -l next (string trim "$place $word")
    contains -- $next ${places}; and set place $next
  end
  test "$place" = "$argv[1]"
end
${lines.join('\n')}`;
}

function about(commands: readonly KnownCommand[], path: readonly string[]): string {
  const known = commands.find((one) => one.path.join(' ') === path.join(' '));
  return known === undefined ? '' : ` -d '${known.description.replaceAll("'", "\\'")}'`;
}
