#!/usr/bin/env bash
# accept_openssl.sh FOLDER
set -euo pipefail
cd "$1"
openssl verify -x509_strict -check_ss_sig -CAfile root.pem root.pem
openssl verify -x509_strict -CAfile root.pem intermediate.pem
openssl verify -x509_strict -purpose sslserver -verify_hostname web.example -CAfile root.pem -untrusted chain.pem leaf.pem
if openssl verify -x509_strict -CAfile root.pem forged.pem; then
  echo "openssl accepted a forged signature" >&2
  exit 1
fi
# pathLen 0: nothing that a leaf signs, and no CA below the intermediate.
openssl x509 -in intermediate.pem -noout -text | tee intermediate.txt
grep -q 'CA:TRUE, pathlen:0' intermediate.txt
grep -q 'TLS Web Server Authentication, TLS Web Client Authentication' intermediate.txt
openssl x509 -in root.pem -noout -text >root.txt
grep -q 'CA:TRUE$' root.txt
grep -q 'Public-Key: (384 bit)' root.txt
