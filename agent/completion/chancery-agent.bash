# bash completion for chancery-agent: installed as /usr/share/bash-completion/completions/chancery-agent, or source it
_chancery_agent() {
  local current="${COMP_WORDS[COMP_CWORD]}" previous="${COMP_WORDS[COMP_CWORD - 1]}" command="" word words
  for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "$word" in run | once | status | check-config) command="$word" ;; esac
  done
  case "$previous" in
    -c | --config)
      mapfile -t COMPREPLY < <(compgen -f -- "$current")
      return ;;
  esac
  case "$command" in
    "") words="run once status check-config --config --help --version" ;;
    status) words="--config --json --help" ;;
    *) words="--config --help" ;;
  esac
  mapfile -t COMPREPLY < <(compgen -W "$words" -- "$current")
}
complete -o filenames -F _chancery_agent chancery-agent
