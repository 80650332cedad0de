"""The scripts of policies/ceremonies as they are written, and what the people whom they name answer.

As a command, `python3 -m stack.examples PROGRAM ARGUMENTS...` is PROGRAM, to whom those people answer when it holds a ceremony.
"""
import json
import os
import pathlib
import sys
import tempfile

import yaml

from .ceremonies import ONLINE_PASSPHRASE, PIN, answers, initials, passphrase
from .pki import write_private
from .programs import ROOT

EXAMPLES = ROOT / "policies" / "ceremonies"
# What no machine that runs tests can be: the only thing added to an example before it is held.
EXCEPTIONS = "  exceptions: [" + ", ".join(
    f"{{check: {check}, reason: a test}}" for check in ("interfaces", "routes", "swap", "memory_lock")) + "]\n"


def prepared(text):
    """An example for this machine."""
    if "\n  exceptions:" in text:
        return text
    if "\npreflight:\n" in text:
        return text.replace("\npreflight:\n", "\npreflight:\n" + EXCEPTIONS, 1)
    return text + "preflight:\n" + EXCEPTIONS


def read(text):
    """The script; times stay words, as for the program."""
    return yaml.load(text, Loader=yaml.BaseLoader)


def rehearsed(file):
    return file.with_name(f"REHEARSAL-{file.name}")


def secrets_to_use(authority, folder, rehearsal):
    """Each share file says whose it is. In a rehearsal a throw-away key stands in, unless the one above was rehearsed too."""
    custody = authority["custody"]
    if rehearsal and ("token" in custody or not rehearsed(folder / authority["certificate"]).exists()):
        return {}
    if "token" in custody:
        return {"issuer_key": PIN}
    paths = [folder / file for file in custody["shares"]["files"]]
    files = [json.loads((rehearsed(path) if rehearsal else path).read_text()) for path in paths]
    return {f"issuer_key.{number}": passphrase(file["officer"]) for number, file in enumerate(files, 1)}


def secrets_to_make(custody, officers):
    if "shares" not in custody:
        return {"new_key": PIN if "token" in custody else ONLINE_PASSPHRASE}
    new = {f"new_key.{number}": passphrase(name) for number, name in enumerate(officers, 1)}
    last = range(len(officers) - int(custody["shares"]["threshold"]) + 1, len(officers) + 1)
    return new | {f"new_key.restore.{number}": passphrase(officers[number - 1]) for number in last}


def copies_answered(script, folder):
    """The program destroys what it was given and what lies in the folder; the others each destroy theirs, of a key or of the shares
    that are replaced."""
    custody = script["authority"]["custody"]
    given = custody["shares"]["files"] if "shares" in custody else [custody["token"]["label"]]
    said = {}
    for number, copy in enumerate(script.get("copies") or script.get("retire") or [], 1):
        said[f"copy.present.{number}"] = initials(copy["holder"])
        if copy["where"] not in given and not (folder / copy["where"]).is_file():
            said[f"copy.destroyed.{number}"] = initials(copy["holder"])
    return said


def everything_answered(script, folder, rehearsal):
    secrets = {}
    authority = script.get("issuer") or script.get("authority")
    if authority:
        secrets |= secrets_to_use(authority, folder, rehearsal)
    made = {"shares": script["reshare"]} if "reshare" in script else script.get("custody")
    if made and not (rehearsal and "token" in made):
        secrets |= secrets_to_make(made, script["roles"]["crypto_officers"])
    more = copies_answered(script, folder) if script["ceremony"] in ("destroy", "recover") else {}
    return answers(script, secrets) | more


def with_answers(arguments):
    """`run SCRIPT ...` and `rehearse SCRIPT ...` with everybody's answers; other commands as they are."""
    if arguments[0] not in ("run", "rehearse"):
        return arguments
    script = read(pathlib.Path(arguments[1]).read_text())
    folder = arguments[arguments.index("--input") + 1] if "--input" in arguments else "."
    said = everything_answered(script, pathlib.Path(folder), arguments[0] == "rehearse")
    file = pathlib.Path(tempfile.mkdtemp()) / "answers.yaml"
    return [*arguments, "--answers", str(write_private(file, json.dumps(said)))]


if __name__ == "__main__":
    os.execv(sys.argv[1], [sys.argv[1], *with_answers(sys.argv[2:])])
