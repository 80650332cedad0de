# bash completion for chancery-agent: source it, or put it into /usr/share/bash-completion/completions/chancery-agent
_chancery_agent() {
  local current="${COMP_WORDS[COMP_CWORD]}" previous="${COMP_WORDS[COMP_CWORD - 1]}"
  case "$previous" in
    -c | --config) mapfile -t COMPREPLY < <(compgen -f -- "$current") ;;
    chancery-agent) mapfile -t COMPREPLY < <(compgen -W "run once status check-config --help" -- "$current") ;;
    *) mapfile -t COMPREPLY < <(compgen -W "--config --json --help" -- "$current") ;;
  esac
}
complete -o filenames -F _chancery_agent chancery-agent
