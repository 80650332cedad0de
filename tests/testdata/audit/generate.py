#!/usr/bin/python3
"""Writes link_entry.json: audit entries and their hashes by hashlib, as docs/reference/audit.md describes them."""
import hashlib
import json
import pathlib
import struct

EVENTS = [
    (1_800_000_000, "certificate.issued", "web-01", "4f0001", '{"identity":"web-01"}'),
    (1_800_000_000, "issuance.abandoned", "", "", ""),
    (-1, "enrollment.created", "Zoë", "a\0b", '{"names":["dns:web.example"]}'),
    (253_402_300_799, "x" * 300, "y" * 256, "z" * 65, "{}"),
]


def text(value):
    data = value.encode()
    return struct.pack(">Q", len(data)) + data


def link(sequence, previous, event):
    at, event_type, actor, subject, fields = event
    encoded = text("chancery-audit-entry-1") + struct.pack(">Q", sequence) + previous + struct.pack(">q", at)
    encoded += text(event_type) + text(actor) + text(subject) + text(fields)
    return hashlib.sha256(encoded).digest()


def main():
    entries = []
    previous = bytes(32)
    for sequence, event in enumerate(EVENTS, 1):
        digest = link(sequence, previous, event)
        names = ("at", "event_type", "actor", "subject", "fields")
        entries.append({"sequence": sequence, "previous": previous.hex(), **dict(zip(names, event)), "hash": digest.hex()})
        previous = digest
    target = pathlib.Path(__file__).with_name("link_entry.json")
    target.write_text(json.dumps(entries, indent=1, ensure_ascii=True) + "\n")


if __name__ == "__main__":
    main()
