#!/usr/bin/python3
"""Writes golden.json: roots, proofs, tiles and signed checkpoints of a log whose entry n is the text "entry n".

Straight from the definitions in RFC 9162 2.1 (hashlib, recursion over the whole list) and from the C2SP specifications tlog-tiles,
tlog-checkpoint and signed-note (python3-cryptography), with nothing in common with ca/merkle. Go's golang.org/x/mod/sumdb/tlog and
sumdb/note compute the same (judge.go beside this file says so).
"""
import base64
import hashlib
import json
import pathlib

from cryptography.hazmat.primitives.asymmetric import ed25519
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

ORIGIN = "ca.example.com/log"
SEED = hashlib.sha256(b"chancery test log key").digest()
SIZES = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 255, 256, 257, 512, 600, 1000]
INCLUSIONS = [(0, 1), (0, 2), (1, 2), (2, 3), (0, 8), (5, 7), (6, 7), (255, 256), (256, 257), (0, 600), (300, 600), (511, 600),
              (512, 600), (599, 600), (0, 1000), (999, 1000)]
CONSISTENCIES = [(1, 1), (1, 2), (2, 3), (3, 7), (4, 7), (6, 8), (8, 8), (7, 600), (255, 256), (256, 600), (257, 600), (512, 600),
                 (599, 600), (600, 1000)]
TILES = [(0, 0, 256), (0, 1, 256), (0, 2, 88), (1, 0, 2), (0, 5, 256), (0, 999, 1), (0, 1000, 256), (3, 1234067, 256),
         (2, 1234067, 17), (7, 999999999, 255)]


def entry(number):
    return f"entry {number}".encode()


def leaf(data):
    return hashlib.sha256(b"\0" + data).digest()


def node(left, right):
    return hashlib.sha256(b"\1" + left + right).digest()


def split(count):
    """The largest power of two smaller than count."""
    power = 1
    while power * 2 < count:
        power *= 2
    return power


def mth(leaves):
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    k = split(len(leaves))
    return node(mth(leaves[:k]), mth(leaves[k:]))


def path(index, leaves):
    if len(leaves) == 1:
        return []
    k = split(len(leaves))
    if index < k:
        return path(index, leaves[:k]) + [mth(leaves[k:])]
    return path(index - k, leaves[k:]) + [mth(leaves[:k])]


def subproof(older, leaves, whole):
    if older == len(leaves):
        return [] if whole else [mth(leaves)]
    k = split(len(leaves))
    if older <= k:
        return subproof(older, leaves[:k], whole) + [mth(leaves[k:])]
    return subproof(older - k, leaves[k:], False) + [mth(leaves[:k])]


def tile_path(level, number, width):
    groups = [f"{number % 1000:03}"]
    while number >= 1000:
        number //= 1000
        groups.insert(0, f"x{number % 1000:03}")
    return f"tile/{level}/{'/'.join(groups)}" + ("" if width == 256 else f".p/{width}")


def b64(data):
    return base64.b64encode(data).decode()


KEY = ed25519.Ed25519PrivateKey.from_private_bytes(SEED)
PUBLIC = KEY.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
KEY_ID = hashlib.sha256(ORIGIN.encode() + b"\n\1" + PUBLIC).digest()[:4]


def checkpoint(size, leaves):
    text = f"{ORIGIN}\n{size}\n{b64(mth(leaves))}\n"
    return f"{text}\n\u2014 {ORIGIN} {b64(KEY_ID + KEY.sign(text.encode()))}\n"


def main():
    leaves = [leaf(entry(number)) for number in range(max(SIZES))]
    golden = {
        "origin": ORIGIN,
        "vkey": f"{ORIGIN}+{KEY_ID.hex()}+{b64(bytes([1]) + PUBLIC)}",
        "pkcs8": b64(KEY.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())),
        "roots": [{"size": size, "root": b64(mth(leaves[:size]))} for size in SIZES],
        "inclusions": [{"index": index, "size": size, "path": [b64(h) for h in path(index, leaves[:size])]}
                       for index, size in INCLUSIONS],
        "consistencies": [{"older": older, "newer": newer, "path": [b64(h) for h in subproof(older, leaves[:newer], True)]}
                          for older, newer in CONSISTENCIES],
        "tiles": [{"level": level, "number": number, "width": width, "path": tile_path(level, number, width)}
                  for level, number, width in TILES],
        "checkpoints": [{"size": size, "note": checkpoint(size, leaves[:size])} for size in (0, 1, 256, 600, 1000)],
    }
    target = pathlib.Path(__file__).with_name("golden.json")
    target.write_text(json.dumps(golden, indent=1, ensure_ascii=True) + "\n")


if __name__ == "__main__":
    main()
