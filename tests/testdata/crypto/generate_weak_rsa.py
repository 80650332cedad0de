#!/usr/bin/python3
"""Makes the RSA keys that are weak in spite of their size, from fixed seeds, as NAME.pub.pem, and a request for a certificate that is
signed by each, NAME.csr.pem: run it here.

rsa2048-roca: both primes of the form k * M + (65537^a mod M), as Infineon's library made them (CVE-2017-15361; Nemec et al.,
"The Return of Coppersmith's Attack", 2017, section 2.1).
rsa2048-close100, rsa2048-close101: primes that Fermat's method finds in its round of that number.
"""
import base64
import hashlib
import math
import random

PRIMES = [p for p in range(2, 702) if all(p % d for d in range(2, math.isqrt(p) + 1))]


def is_prime(n, rng):
    if any(n % p == 0 for p in PRIMES):
        return False
    odd, twos = n - 1, 0
    while odd % 2 == 0:
        odd, twos = odd // 2, twos + 1
    for _ in range(40):
        x = pow(rng.randrange(2, n - 1), odd, n)
        if x in (1, n - 1):
            continue
        if not any((x := x * x % n) == n - 1 for _ in range(twos - 1)):
            return False
    return True


def infineon_prime(rng):
    m = math.prod(PRIMES[:126])  # as for moduli of 2048 bits
    top = 3 << 1022  # so that the product has 2048 bits
    while True:
        k = rng.randrange(top // m, (1 << 1024) // m)
        candidate = k * m + pow(65537, rng.getrandbits(256), m)
        if candidate.bit_length() == 1024 and is_prime(candidate, rng):
            return candidate


def next_prime(n, rng):
    n |= 1
    while not is_prime(n, rng):
        n += 2
    return n


def ceil_root(n):
    return math.isqrt(n - 1) + 1


def close_primes(rounds, rng):
    p = next_prime(rng.getrandbits(1024) | 3 << 1022, rng)
    # The mean lies distance^2 / (8 p) above the root of the product.
    q = next_prime(p + math.isqrt(8 * p * (2 * rounds - 1) // 2), rng)
    assert (p + q) // 2 - ceil_root(p * q) + 1 == rounds
    return p, q


def der(tag, content):
    size = len(content)
    length = bytes([size]) if size < 128 else (lambda b: bytes([0x80 | len(b)]) + b)(size.to_bytes((size.bit_length() + 7) // 8, "big"))
    return bytes([tag]) + length + content


def integer(n):
    return der(2, n.to_bytes(n.bit_length() // 8 + 1, "big"))


def write(name, p, q):
    n = p * q
    assert n.bit_length() == 2048
    key = der(0x30, integer(n) + integer(65537))
    spki = der(0x30, bytes.fromhex("300d06092a864886f70d0101010500") + der(3, b"\0" + key))
    write_pem(f"{name}.pub.pem", "PUBLIC KEY", spki)
    write_pem(f"{name}.csr.pem", "CERTIFICATE REQUEST", request(spki, n, pow(65537, -1, (p - 1) * (q - 1))))


def write_pem(path, label, content):
    text = base64.b64encode(content).decode()
    lines = [text[i:i + 64] for i in range(0, len(text), 64)]
    with open(path, "w", encoding="ascii") as file:
        file.write("\n".join([f"-----BEGIN {label}-----", *lines, f"-----END {label}-----", ""]))


def request(spki, n, d):
    """PKCS #10 for web.example, signed with sha256WithRSAEncryption (RFC 8017 8.2)."""
    san = der(0x30, der(6, bytes.fromhex("551d11")) + der(4, der(0x30, der(0x82, b"web.example"))))
    asked = der(0x30, der(6, bytes.fromhex("2a864886f70d01090e")) + der(0x31, der(0x30, san)))
    info = der(0x30, der(2, b"\0") + der(0x30, b"") + spki + der(0xa0, asked))
    digest = bytes.fromhex("3031300d060960864801650304020105000420") + hashlib.sha256(info).digest()
    block = int.from_bytes(b"\0\1" + b"\xff" * (256 - 3 - len(digest)) + b"\0" + digest, "big")
    algorithm = bytes.fromhex("300d06092a864886f70d01010b0500")
    return der(0x30, info + algorithm + der(3, b"\0" + pow(block, d, n).to_bytes(256, "big")))


def main():
    rng = random.Random("weak keys for tests")
    write("rsa2048-roca", infineon_prime(rng), infineon_prime(rng))
    for rounds in (100, 101):
        write(f"rsa2048-close{rounds}", *close_primes(rounds, rng))


if __name__ == "__main__":
    main()
