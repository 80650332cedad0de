"""Holds docs/reference/incidents.md against the tests that exist, and the sources against what the page says of them.

usage: incidents.py [ROOT]     prints the rows whose code is not here yet, and every lie; exits 1 when there is one
"""
import re

from complaining import end_with, root_of_command
from named_tests import existing_tests, table_rows

PAGE = "docs/reference/incidents.md"
TEST = re.compile(r"`([^`]+)`")
NOT_YET = "not yet: "
# What proves what has been issued and revoked.
KEPT = {"certificates", "certificate_names", "certificate_status", "compromised_keys", "audit"}
DELETES = re.compile(r"\b(?:DELETE\s+FROM|DROP\s+TABLE)\s+(\w+)", re.IGNORECASE)


def rows(root):
    """(line number, incident, what we do, tests, what is not there yet)"""
    for number, cells in table_rows(root / PAGE):
        last = cells[-1] if len(cells) == 3 else ""
        tests, _, missing = last.partition(NOT_YET)
        yield number, cells[0], TEST.findall(tests), missing


def complaints(root):
    known, seen = existing_tests(root), set()
    for number, incident, tests, missing in rows(root):
        where = f"{PAGE}:{number}"
        if incident in seen:
            yield f"{where}: {incident} has a row already"
        seen.add(incident)
        if not tests and not missing:
            yield f"{where}: names no test, and does not say '{NOT_YET}why'"
        for test in tests:
            if test not in known:
                yield f"{where}: no test is called {test}"
    yield from lost_records(root)


def lost_records(root):
    """Statements of the store that would remove what proves an issuance or a revocation."""
    for path in sorted((root / "ca/store").rglob("*.cpp")):
        for table in DELETES.findall(path.read_text()):
            if table in KEPT:
                yield f"{path.relative_to(root)}: deletes from {table}; {PAGE} says that nothing does"


def main():
    root = root_of_command()
    table = list(rows(root))
    waiting = [(incident, missing) for _, incident, _, missing in table if missing]
    print(f"{len(table)} incidents; {len(table) - len(waiting)} answered by tests alone, {len(waiting)} wait for code:")
    for incident, missing in waiting:
        print(f"  {incident}: {missing}")
    end_with(complaints(root))


if __name__ == "__main__":
    main()
