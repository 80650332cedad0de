"""Holds docs/reference/rest.md against the statuses, error types and rules that the code can answer with.

usage: rest_reference.py [ROOT]
"""
import re

from complaining import end_with, root_of_command
from named_tests import table_rows

PAGE = "docs/reference/rest.md"
# A rule, and everything else that is written so in these rooms: events of the log and of the audit trail.
DOTTED = re.compile(r'"([a-z_]+\.[a-z_]+)"')
ROOMS = ("ca/base", "api/http", "api/identity", "api/rest", "ca/authority", "ca/policy")
OTHERS = ("docs/reference/policy.md", "docs/reference/logs.md", "docs/reference/audit.md")
NOT_SAID = {"chancery.closing",  # a mark inside api/http
            "policy.duplicate_profile"}  # at start, before there is anybody to answer
CODE = re.compile(r"`([^`]+)`")
MAPPED = re.compile(r'return \{(\d{3}), "(\w+)"\};')
FRONT = re.compile(r"envelope\((\d{3}), '(\w+)'")


def answered(root):
    """{(status, type)} that the service and nginx answer with."""
    pairs = set(MAPPED.findall((root / "api/http/problem.cpp").read_text()))
    template = root / "ansible/roles/frontend/templates/chancery-ca.conf.j2"
    return pairs | set(FRONT.findall(template.read_text())) | {("405", "ValidationError")}


def rules_in_code(root):
    """{dotted name: where it first stands}"""
    found = {}
    for room in ROOMS:
        for path in sorted((root / room).rglob("*.[ch]*")):
            for number, line in enumerate(path.read_text().splitlines(), 1):
                if line.lstrip().startswith("//"):
                    continue
                for name in DOTTED.findall(line):
                    found.setdefault(name, f"{path.relative_to(root)}:{number}")
    return found


def documented(root):
    """(pairs of status and type, rules) of the page's tables"""
    pairs, rules = set(), set()
    for _, cells in table_rows(root / PAGE):
        codes = CODE.findall(cells[1]) if len(cells) > 1 else []
        if re.fullmatch(r"\d{3}", cells[0]) and codes:
            pairs.add((cells[0], codes[0]))
        rules |= {name for name in CODE.findall(cells[0]) if re.fullmatch(r"[a-z_]+\.[a-z_]+", name)}
    return pairs, rules


def complaints(root):
    pairs, rules = documented(root)
    for status, kind in sorted(answered(root) - pairs):
        yield f"{PAGE}: says nothing of {status} {kind}"
    for status, kind in sorted(pairs - answered(root)):
        yield f"{PAGE}: nothing answers with {status} {kind}"
    in_code = rules_in_code(root)
    elsewhere = {name for page in OTHERS for name in CODE.findall((root / page).read_text())} | NOT_SAID
    for name in sorted(set(in_code) - rules - elsewhere):
        yield f"{in_code[name]}: {name} is a rule that {PAGE} does not have (and no event of {', '.join(OTHERS)})"
    # ca/policy/evaluate.cpp puts these together
    generated = {f"{kind}.{verdict}" for kind in ("dns", "ip", "uri", "email") for verdict in ("allowed", "denied")}
    for name in sorted(rules - set(in_code) - generated):
        yield f"{PAGE}: no code has the rule {name}"


if __name__ == "__main__":
    end_with(complaints(root_of_command()))
