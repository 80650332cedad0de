#!/usr/bin/python3
"""Writes rsa2048-debian.pub.pem, a key of Debian's broken generator (CVE-2008-0166), and debian.blocklist, its line in the package
openssl-blacklist: run it here.

Debian carries the package no longer. Modulus and line are those that Let's Encrypt's boulder tests its own reader of that format with
(goodkey/weak_test.go: TestKnown). This script computes the line from the modulus once more, as openssl-vulnkey did, so that the
vector does not rest on one implementation; nobody here has the private key. The exponent is no part of the listed hash; 65537 is what
the broken generator used.
"""
import base64
import hashlib

MODULUS = ("D673252AF6723C3F72529403EAB7C30DEF3C52F97E799825F4A70191C616ADCF1ECE1113F1625971074C492C592025FDEADBDB146A081826BDF0D77C3C913D"
           "CF1B6F0B3B78F5108D2E493AD0EEE8CA5C021711ADC13D358E61133870FCD19C8E5C22403959782AA82E72AEE53A3D491E3912CE27B27E1A85EA69C19A52"
           "7D28F7934C9823B7E56FDD657DAC83FDC65BB22A98D843DF73238919781B714C81A5E2AFEC71F5C54AA2A27C590AD94C03C1062D50EFCFFAC743E3C8A3AE"
           "056846A1D756EB862BF4224169D467C35215ADE0AFCC11E85FE629AFB802C4786FF2E9C929BCCF502B3D3B8876C6A11785CC398B389F1D86BDD9CB0BD4EC"
           "13956EC3FA270D")
LISTED = "8df20e6961a16398b85a"


def der(tag, content):
    size = len(content)
    length = bytes([size]) if size < 128 else (lambda b: bytes([0x80 | len(b)]) + b)(size.to_bytes((size.bit_length() + 7) // 8, "big"))
    return bytes([tag]) + length + content


def integer(n):
    return der(2, n.to_bytes(n.bit_length() // 8 + 1, "big"))


def main():
    assert hashlib.sha1(f"Modulus={MODULUS}\n".encode()).hexdigest()[20:] == LISTED
    key = der(0x30, integer(int(MODULUS, 16)) + integer(65537))
    spki = der(0x30, bytes.fromhex("300d06092a864886f70d0101010500") + der(3, b"\0" + key))
    text = base64.b64encode(spki).decode()
    lines = [text[i:i + 64] for i in range(0, len(text), 64)]
    with open("rsa2048-debian.pub.pem", "w", encoding="ascii") as file:
        file.write("\n".join(["-----BEGIN PUBLIC KEY-----", *lines, "-----END PUBLIC KEY-----", ""]))
    with open("debian.blocklist", "w", encoding="ascii") as file:
        file.write(f"# as openssl-blacklist's blacklist.RSA-2048 lists it\n{LISTED}\n")


if __name__ == "__main__":
    main()
