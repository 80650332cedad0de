"""Where the built programs are."""
import pathlib

from .processes import StackError

ROOT = pathlib.Path(__file__).resolve().parents[3]


class Programs:
    def __init__(self, build):
        self.directory = pathlib.Path(build) / "bin"
        self.root = self._program("chancery-root")
        self.ca = self._program("chancery-ca")
        self.agent = self._program("chancery-agent")
        self.cli = self._program("chancery")

    def _program(self, name):
        path = self.directory / name
        if not path.exists():
            raise StackError(f"{path} has not been built: run ./check --fast, or cmake --build --preset dev")
        return path
