#!/usr/bin/env bash
# accept_chancery_root.sh FOLDER CHANCERY_ROOT: our own verifier, on the same files and on the forged one.
set -euo pipefail
cd "$1"
"$2" verify --root root.pem chain.pem
"$2" verify --root root.pem chain.pem --json | /usr/bin/python3 -c 'import json, sys; assert json.load(sys.stdin)["passed"]'
if "$2" verify --root root.pem forged.pem; then
  echo "chancery-root accepted a forged signature" >&2
  exit 1
fi
