# bash completion for chancery: installed as /usr/share/bash-completion/completions/chancery, or source it
_chancery() {
  local current="${COMP_WORDS[COMP_CWORD]}" previous="${COMP_WORDS[COMP_CWORD - 1]}" command="" word
  local common="--server --roots --certificate --key --json --help"
  for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "$word" in ca | enroll | enrollments | requests | issue | explain | list | show | revoke | lint | audit | policy) command="$word" && break ;; esac
  done
  [[ "$command" == policy && " ${COMP_WORDS[*]:1:COMP_CWORD-1} " =~ \ (test|check|replay)\  ]] && command="policy ${BASH_REMATCH[1]}"
  case "$previous" in
    --roots | --certificate | --key | --csr | --out | --token-file | --issuer | --target | --previous | --blocklist | \
      --proof | --checkpoint | --log-key | --save | --policies)
      mapfile -t COMPREPLY < <(compgen -f -- "$current")
      return ;;
    --kind)
      mapfile -t COMPREPLY < <(compgen -W "root intermediate leaf cross crl" -- "$current")
      return ;;
    --state)
      mapfile -t COMPREPLY < <(compgen -W "pending approved issued rejected refused expired cancelled all" -- "$current")
      return ;;
    --role)
      mapfile -t COMPREPLY < <(compgen -W "none operator" -- "$current")
      return ;;
    --status)
      mapfile -t COMPREPLY < <(compgen -W "valid revoked unrecorded" -- "$current")
      return ;;
    --reason)
      mapfile -t COMPREPLY < <(compgen -W "keyCompromise affiliationChanged superseded cessationOfOperation \
        privilegeWithdrawn unspecified" -- "$current")
      return ;;
  esac
  local words
  case "$command" in
    "") words="ca enroll enrollments requests issue explain list show revoke lint audit policy $common --version" ;;
    ca) words="health $common" ;;
    enroll) words="--profile --name --uses --lifetime --token-file $common" ;;
    enrollments) words="list withdraw --identity --profile --usable --limit $common" ;;
    requests) words="list show approve reject cancel --state --identity --limit --reason --token-file --out --proof $common" ;;
    issue) words="--csr --profile --identity --token-file --out --proof --wait --idempotency-key $common" ;;
    explain) words="--csr --profile --identity --token-file --idempotency-key $common" ;;
    list) words="--identity --profile --name --status --expires-before --expires-after --limit $common" ;;
    show) words="--lineage --proof $common" ;;
    audit) words="verify verify-proof --checkpoint --log-key --save --proof $common" ;;
    revoke) words="--reason --lineage $common" ;;
    lint)
      words="--issuer --target --previous --kind --blocklist --at --json --help" ;;
    policy) words="test check replay $common" ;;
    "policy test") words="--profile --as --policies --role --name --renewal $common" ;;
    "policy check") words="$common" ;;
    "policy replay") words="--since $common" ;;
  esac
  mapfile -t COMPREPLY < <(compgen -W "$words" -- "$current")
  [[ "$command" != lint || "$current" == -* ]] || mapfile -t -O "${#COMPREPLY[@]}" COMPREPLY < <(compgen -f -- "$current")
  if [[ "$command" == "policy "* && "$current" != -* ]]; then mapfile -t COMPREPLY < <(compgen -f -- "$current"); fi
}
complete -o filenames -F _chancery chancery
