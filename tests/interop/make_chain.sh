#!/usr/bin/env bash
# make_chain.sh CHANCERY_ROOT SOURCE_FOLDER FOLDER: holds the demo's two ceremonies into FOLDER, lets openssl sign a leaf with
# the new intermediate, and puts a forged chain beside them. Run before the accept_* scripts.
set -euo pipefail
chancery_root=$1 source=$2 folder=$3

rm -rf "$folder"
mkdir -p "$folder"
cd "$folder"
umask 077
for officer in 1 2 3; do head -c 18 /dev/urandom | base64 >"officer-$officer.passphrase"; done
head -c 18 /dev/urandom | base64 >intermediate.passphrase

# answers FILE SECRET...: what the people of the demo's scripts say; their clocks agree with this machine's.
answers() {
  local file=$1 now secret
  now=$(date -u +%Y-%m-%dT%H:%M:%SZ)
  shift
  printf '%s\n' "role.administrator: AD" "role.internal_witness: BD" "role.external_witness: CD" \
    "role.safe_controller.1: DD" "role.crypto_officer.1: ED" "role.crypto_officer.2: FD" \
    "role.crypto_officer.3: GD" "clock.first: $now" "clock.second: $now" "words.script: BD" \
    "words.certificate: BD" "point_of_no_return: proceed" >"$file"
  for secret in "$@"; do echo "secret.$secret" >>"$file"; done
}
answers root.yaml "new_key.1.file: officer-1.passphrase" "new_key.2.file: officer-2.passphrase" \
  "new_key.3.file: officer-3.passphrase" "new_key.restore.2.file: officer-2.passphrase" \
  "new_key.restore.3.file: officer-3.passphrase"
answers intermediate.yaml "new_key.file: intermediate.passphrase" "issuer_key.1.file: officer-1.passphrase" \
  "issuer_key.2.file: officer-3.passphrase"
printf '%s\n' "words.previous: BD" "point_of_no_return.signing: proceed" >>intermediate.yaml
"$chancery_root" run "$source/policies/ceremonies/demo-root.yaml" --output root --answers root.yaml
"$chancery_root" run "$source/policies/ceremonies/demo-intermediate.yaml" --output intermediate --answers intermediate.yaml
cp root/bundle/root.pem intermediate/bundle/{intermediate,chain}.pem intermediate/custody/intermediate.key.pem .

# That openssl opens the encrypted key is part of the test.
openssl ecparam -name prime256v1 -genkey -noout -out leaf.key.pem
openssl req -new -key leaf.key.pem -subj /CN=web.example -out leaf.csr.pem
cat >leaf.cnf <<'CNF'
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = serverAuth
subjectAltName = DNS:web.example
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
CNF
openssl x509 -req -in leaf.csr.pem -CA intermediate.pem -CAkey intermediate.key.pem -passin file:intermediate.passphrase \
  -days 90 -sha256 -extfile leaf.cnf -out leaf.pem
cat leaf.pem chain.pem >leaf-chain.pem

# The same intermediate with one bit of its signature turned.
/usr/bin/python3 - <<'PYTHON'
import base64, pathlib, re
def der(name):
    text = pathlib.Path(name).read_text()
    return bytearray(base64.b64decode(re.sub("-----.*?-----", "", text)))
def pem(bytes):
    body = base64.encodebytes(bytes).decode()
    lines = re.findall(".{1,64}", body.replace("\n", ""))
    return "-----BEGIN CERTIFICATE-----\n" + "\n".join(lines) + "\n-----END CERTIFICATE-----\n"
forged = der("intermediate.pem")
forged[-1] ^= 1
pathlib.Path("forged.pem").write_text(pem(forged))
pathlib.Path("forged-chain.pem").write_text(pem(forged) + pathlib.Path("root.pem").read_text())
PYTHON
