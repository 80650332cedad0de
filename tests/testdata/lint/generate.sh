#!/usr/bin/env bash
# Makes root.pem, intermediate.pem and leaf.pem, target.pem (another root) and cross.pem (the root certifies the target's key),
# constrained.pem (an intermediate with name constraints) with OpenSSL: certificates that every lint must pass and that the cross-check must
# accept, written by another implementation than the one under test. Then generate_fixtures.py makes a failing certificate or list
# for each rule, and passing ones, under RULE/. The keys are thrown away.
# Run in this directory; the dates, names and extensions are fixed, keys and signatures differ each time.
set -euo pipefail
cd "$(dirname "$0")"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

cat > "$work/ca.cnf" <<'CNF'
[root]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign, cRLSign
subjectKeyIdentifier = hash
[intermediate]
basicConstraints = critical, CA:TRUE, pathlen:0
keyUsage = critical, keyCertSign, cRLSign
extendedKeyUsage = serverAuth, clientAuth
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid:always
crlDistributionPoints = URI:http://ca.example/root.crl
authorityInfoAccess = caIssuers;URI:http://ca.example/root.der
[constrained]
basicConstraints = critical, CA:TRUE, pathlen:0
keyUsage = critical, keyCertSign, cRLSign
extendedKeyUsage = serverAuth, clientAuth
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid:always
nameConstraints = critical, permitted;DNS:web.example, permitted;IP:10.0.0.0/255.0.0.0, excluded;IP:0:0:0:0:0:0:0:0/0:0:0:0:0:0:0:0
crlDistributionPoints = URI:http://ca.example/root.crl
authorityInfoAccess = caIssuers;URI:http://ca.example/root.der
[cross]
basicConstraints = critical, CA:TRUE, pathlen:1
keyUsage = critical, keyCertSign, cRLSign
extendedKeyUsage = serverAuth, clientAuth
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid:always
crlDistributionPoints = URI:http://ca.example/root.crl
authorityInfoAccess = caIssuers;URI:http://ca.example/root.der
[leaf]
basicConstraints = CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = serverAuth, clientAuth
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid:always
subjectAltName = DNS:web.example, IP:10.0.0.1, IP:fd00::1, URI:spiffe://chancery.example/web, email:web@example.com
crlDistributionPoints = URI:http://ca.example/intermediate.crl
authorityInfoAccess = caIssuers;URI:http://ca.example/intermediate.der
[any]
countryName = optional
organizationName = optional
commonName = optional
CNF

# make NAME CURVE SUBJECT SERIAL START END ISSUER [EXTENSIONS]
make() {
  local name=$1 curve=$2 subject=$3 serial=$4 start=$5 end=$6 issuer=$7
  [ -e "$work/$name.key" ] || openssl ecparam -name "$curve" -genkey -noout -out "$work/$name.key"
  openssl req -new -utf8 -key "$work/$name.key" -subj "$subject" -out "$work/$name.csr" \
    -config <(printf '[req]\nprompt=no\nstring_mask=utf8only\ndistinguished_name=dn\n[dn]\nCN=unused\n')
  mkdir "$work/$name.db"
  : > "$work/$name.db/index.txt"
  echo "$serial" > "$work/$name.db/serial"
  printf '[ca]\ndatabase=%s\nserial=%s\nnew_certs_dir=%s\npolicy=any\nemail_in_dn=no\nrand_serial=no\nunique_subject=no\n' \
    "$work/$name.db/index.txt" "$work/$name.db/serial" "$work/$name.db" | sed '/rand_serial/d' > "$work/$name.cnf"
  cat "$work/ca.cnf" >> "$work/$name.cnf"
  local signer=(-cert "$work/$issuer.pem" -keyfile "$work/$issuer.key")
  if [ "$issuer" = "$name" ]; then signer=(-selfsign -keyfile "$work/$name.key"); fi
  local digest=sha256
  if [ "$issuer" = root ]; then digest=sha384; fi
  openssl ca -batch -notext -config "$work/$name.cnf" -name ca -extensions "${8:-$name}" -md "$digest" \
    "${signer[@]}" -startdate "$start" -enddate "$end" -in "$work/$name.csr" -out "$work/$name.pem" 2> "$work/log" ||
    { cat "$work/log" >&2; exit 1; }
  cp "$work/$name.pem" .
}

# Both ends of a validity count: the last second is one before the anniversary.
make root secp384r1 "/C=CH/O=Example/CN=Example Root" 01c3a5d27f0e914b6688f1203ad94e7b52 20260101000000Z 20351231235959Z root
make intermediate prime256v1 "/C=CH/O=Example/CN=Example Intermediate" 018e41f7b05cd23996aa7048e31bd65f0c \
  20260101000000Z 20301231235959Z root
make leaf prime256v1 "/CN=web.example" 015bd9027ce8a4f36118cb3d90e7742fa6 20260601000000Z 20260829235959Z intermediate
make constrained prime256v1 "/C=CH/O=Example/CN=Example Constrained" 0160fa93b71d28ce45e07c5219b8a36d4e \
  20260101000000Z 20301231235959Z root
make target secp384r1 "/C=CH/O=Elsewhere/CN=Elsewhere Root" 012d7b90e6c15fa84312be07d8996ac4f1 20250101000000Z 20341231235959Z target root
cp "$work/target.key" "$work/cross.key"
make cross secp384r1 "/C=CH/O=Elsewhere/CN=Elsewhere Root" 0197e10c4bd8752fa3660df9c2815eb43a 20260101000000Z 20301231235959Z root
openssl verify -attime 1782000000 -CAfile root.pem -untrusted intermediate.pem leaf.pem
/usr/bin/python3 generate_fixtures.py "$work"
