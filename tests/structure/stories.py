"""Holds the example scripts of policies/ceremonies to be true stories: each goes on from the one before, from a root to its end.

Their first lines say how each is held and what it makes; the runbook's table tells the same order. A file that is in no story is
a fault. demo-*.yaml and token-*.yaml are stories of their own.

usage: stories.py [ROOT]
"""
import re

import yaml

from complaining import end_with, root_of_command
from named_tests import table_rows

FOLDER, RUNBOOK = "policies/ceremonies", "docs/ceremony/runbook.md"
COMMAND = re.compile(r"^#   chancery-root run (\S+)(?: --input /media/out)? --output /media/out/(\S+)$", re.MULTILINE)
STORIES = ["demo-", "token-", ""]  # by what the names begin with
KINDS = {"root", "intermediate", "cross-csr", "cross-certificate", "crl", "recover", "destroy"}
CODE = re.compile(r"`([^`]+)`")


class Example:
    def __init__(self, file):
        text = file.read_text()
        self.name = file.name
        self.script = yaml.load(text, Loader=yaml.BaseLoader)
        commands = COMMAND.findall(text)
        self.makes = commands[0][1] if len(commands) == 1 and commands[0][0] == self.name else None
        self.previous = self.script.get("previous", {}).get("bundle", "").removesuffix("/bundle")

    def inputs(self):
        """The folders that it names, of other ceremonies of this root."""
        authority = self.script.get("issuer") or self.script.get("authority") or {}
        crl = self.script.get("crl", {})
        paths = [authority.get("certificate"), crl.get("previous"), self.script.get("previous", {}).get("bundle"),
                 *authority.get("custody", {}).get("shares", {}).get("files", []),
                 *(entry.get("certificate") for entry in crl.get("revoke", []))]
        return {path.split("/")[0] for path in paths if path}


def stories_of(root):
    """{beginning of the names: [example, ...]}"""
    stories = {beginning: [] for beginning in STORIES}
    for file in sorted((root / FOLDER).iterdir()):
        stories[next(beginning for beginning in STORIES if file.name.startswith(beginning))].append(Example(file))
    return stories


def in_order(examples):
    """From the root, each followed by the one that names it; as far as there is just one."""
    story, following = [], [example for example in examples if not example.previous]
    while len(following) == 1 and following[0] not in story:
        story.append(following[0])
        following = [example for example in examples if example.previous == story[-1].makes]
    return story


def complaints_of_story(examples):
    story, made = in_order(examples), set()
    for example in examples:
        where = f"{FOLDER}/{example.name}"
        if example.makes is None:
            yield f"{where}: its first lines do not say how it is held: chancery-root run {example.name} ..."
        rivals = [other.name for other in examples if other is not example and other.previous == example.previous]
        if rivals:
            yield f"{where}: goes on from the same ceremony as {', '.join(rivals)}: a fork"
        elif example not in story:
            yield f"{where}: no ceremony goes from the root to it: previous is {example.previous or 'not named'}"
    for example in story:
        for folder in sorted(example.inputs() - made):
            yield f"{FOLDER}/{example.name}: names {folder}, which no ceremony before it makes"
        made.add(example.makes)


def told_by_runbook(root):
    """{beginning: [(script, what it makes), ...]} of the table in the runbook."""
    told = {"": [], "token-": []}
    for _, cells in table_rows(root / RUNBOOK):
        if len(cells) == 5 and cells[0].isdigit():
            makes = CODE.fullmatch(cells[3]).group(1)
            for beginning, cell in zip(told, cells[1:3]):
                if script := CODE.fullmatch(cell):
                    told[beginning].append((script.group(1), makes))
    return told


def complaints(root):
    stories = stories_of(root)
    for examples in stories.values():
        yield from complaints_of_story(examples)
    missing = KINDS - {example.script.get("ceremony") for example in stories[""]}
    if missing:
        yield f"{FOLDER}: no example of {', '.join(sorted(missing))}"
    for beginning, told in told_by_runbook(root).items():
        true = [(example.name, example.makes) for example in in_order(stories[beginning])]
        if told != true:
            yield f"{RUNBOOK}: its table tells {told}; the scripts themselves {true}"


if __name__ == "__main__":
    end_with(complaints(root_of_command()))
