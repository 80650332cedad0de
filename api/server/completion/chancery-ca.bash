# bash completion for chancery-ca: installed as /usr/share/bash-completion/completions/chancery-ca, or source it
_chancery_ca() {
  local current="${COMP_WORDS[COMP_CWORD]}" previous="${COMP_WORDS[COMP_CWORD - 1]}" command="" word words
  for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "$word" in serve | check-config | issue | audit | log-key) command="$word" ;; esac
  done
  case "$previous" in
    --config | --csr | --out | --checkpoint)
      mapfile -t COMPREPLY < <(compgen -f -- "$current")
      return ;;
  esac
  case "$command" in
    "") words="serve check-config issue audit log-key --config --help --version" ;;
    issue) words="--profile --identity --csr --out --config --help" ;;
    audit) words="verify reconcile --checkpoint --json --config --help" ;;
    *) words="--config --help" ;;
  esac
  mapfile -t COMPREPLY < <(compgen -W "$words" -- "$current")
}
complete -o filenames -F _chancery_ca chancery-ca
