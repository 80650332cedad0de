# bash completion for chancery-root: installed as /usr/share/bash-completion/completions/chancery-root, or source it
_chancery_root() {
  local current="${COMP_WORDS[COMP_CWORD]}" previous="${COMP_WORDS[COMP_CWORD - 1]}" command="" word words
  for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "$word" in run | rehearse | script | check | print | verify | replay | report | calendar) command="$word" ;; esac
  done
  case "$previous" in
    --output | --input | --answers | --root | --previous | --pdf | --prometheus)
      mapfile -t COMPREPLY < <(compgen -f -- "$current")
      return ;;
  esac
  case "$command" in
    "") words="run rehearse script verify replay report calendar --help" ;;
    run) words="--output --input --answers --secret-fd --resume --json --help" ;;
    rehearse) words="--output --input --answers --secret-fd --resume --token --json --help" ;;
    script) words="check print --help" ;;
    check) words="--json --help" ;;
    print) words="--json --help" ;;
    verify) words="--root --json --help" ;;
    replay) words="--previous --chain --root --strict --json --help" ;;
    report) words="--output --pdf --previous --root --json --help" ;;
    calendar) words="--output --prometheus --json --help" ;;
  esac
  mapfile -t COMPREPLY < <(compgen -W "$words" -- "$current")
  # Scripts, certificates and bundles stand without an option.
  if [[ -n $command && $command != script && $current != -* ]]; then
    mapfile -t -O "${#COMPREPLY[@]}" COMPREPLY < <(compgen -f -- "$current")
  fi
}
complete -o filenames -F _chancery_root chancery-root
