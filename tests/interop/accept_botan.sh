#!/usr/bin/env bash
# accept_botan.sh FOLDER
set -euo pipefail
cd "$1"
botan cert_verify intermediate.pem root.pem | tee botan.txt
grep -q 'Certificate passes validation checks' botan.txt
botan cert_verify leaf.pem intermediate.pem root.pem | tee botan.txt
grep -q 'Certificate passes validation checks' botan.txt
botan cert_verify forged.pem root.pem >botan.txt 2>&1 || true
cat botan.txt
grep -q 'Certificate did not validate' botan.txt
