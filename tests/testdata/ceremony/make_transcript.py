#!/usr/bin/python3
"""Writes transcript.jsonl and its signature as docs/reference/transcript.md describes them, with Python's json and
hashlib and the openssl command: what our reader must accept. Run in this folder."""
import base64
import hashlib
import json
import pathlib
import subprocess

SCRIPT = b"ceremony: root\n"

EVENTS = [
    ("ceremony.begin", {"format": 1, "kind": "root", "title": "Zeremonie für Zürich", "rehearsal": True,
                        "script_sha256": hashlib.sha256(SCRIPT).hexdigest(), "program": "python"}),
    ("role", {"role": "administrator", "name": "Zoë Müller"}),
    ("answer", {"id": "role.administrator", "question": "Initials \"ZM\"?", "answer": "ZM\t\\/\u0007\u2028"}),
    ("key.used", {"key": "root", "custody": "shares", "spki_sha256": "00" * 32, "officers": ["A B", "C D"]}),
    ("ceremony.end", {"result": "done", "exported": []}),
]

previous = hashlib.sha256(SCRIPT).hexdigest()
lines = []
for number, (event, data) in enumerate(EVENTS):
    line = json.dumps({"seq": number, "prev": previous, "at": f"2026-03-01T12:00:0{number}Z", "event": event, "data": data},
                      sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode() + b"\n"
    previous = hashlib.sha256(line).hexdigest()
    lines.append(line)
pathlib.Path("transcript.jsonl").write_bytes(b"".join(lines))

run = lambda *command: subprocess.run(command, check=True, capture_output=True).stdout
run("openssl", "ecparam", "-name", "secp384r1", "-genkey", "-noout", "-out", "/tmp/transcript.key")
pathlib.Path("transcript.spki.pem").write_bytes(run("openssl", "pkey", "-in", "/tmp/transcript.key", "-pubout"))
pathlib.Path("/tmp/transcript.text").write_text(f"chancery-transcript-v1:{previous}\n", encoding="ascii")
signature = run("openssl", "dgst", "-sha384", "-sign", "/tmp/transcript.key", "/tmp/transcript.text")
pathlib.Path("transcript.sig").write_bytes(base64.b64encode(signature) + b"\n")
pathlib.Path("/tmp/transcript.key").unlink()
