#!/usr/bin/python3
"""Writes what docs/reference/audit.md describes, computed by Python's own hashlib and json.

entries.json: entries of the log, their canonical JSON and leaf hashes. link_entry.json: the chain of databases of before the log.
"""
import datetime
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

LOGGED = [
    (1_800_000_000, "certificate.issued", "web-01", "4f0001", '{"identity":"web-01","names":["dns:web.example"]}'),
    (0, "issuance.abandoned", "", "", "{}"),
    (-1, "enrollment.created", "Zo\u00eb \U0001f511", "a\0b\x1f\x7f", '{"n":1,"quoted":"\\"\\\\\\n\u00e4"}'),
    (253_402_300_799, "quote\"backslash\\", "tab\tnewline\n", "\b\f\r/", '{"a":{"b":[1,2]}}'),
]


def text(value):
    data = value.encode()
    return struct.pack(">Q", len(data)) + data


def link(sequence, previous, event):
    at, event_type, actor, subject, fields = event
    encoded = text("chancery-audit-entry-1") + struct.pack(">Q", sequence) + previous + struct.pack(">q", at)
    encoded += text(event_type) + text(actor) + text(subject) + text(fields)
    return hashlib.sha256(encoded).digest()


def rfc3339(seconds):
    return (datetime.datetime(1970, 1, 1) + datetime.timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%SZ")


def leaf_text(sequence, event):
    at, event_type, actor, subject, fields = event
    entry = {"sequence": sequence, "at": rfc3339(at), "event_type": event_type, "actor": actor, "subject": subject,
             "fields": json.loads(fields)}
    return json.dumps(entry, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def write_entries():
    rows = []
    for sequence, event in enumerate(LOGGED, 1):
        text = leaf_text(sequence, event)
        names = ("at", "event_type", "actor", "subject", "fields")
        rows.append({"sequence": sequence, **dict(zip(names, event)), "text": text,
                     "hash": hashlib.sha256(b"\0" + text.encode()).hexdigest()})
    target = pathlib.Path(__file__).with_name("entries.json")
    target.write_text(json.dumps(rows, indent=1, ensure_ascii=True) + "\n")


def main():
    write_entries()
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
