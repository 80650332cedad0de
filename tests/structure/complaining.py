"""What the pages' checkers share as commands: the tree that they look at, and how they end."""
import pathlib
import sys


def root_of_command():
    return pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else pathlib.Path(__file__).resolve().parents[2]


def end_with(complaints):
    """Prints every complaint; status 1 when there is one."""
    found = list(complaints)
    print("\n".join(found))
    sys.exit(1 if found else 0)
