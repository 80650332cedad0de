"""People at a real terminal: what ends a ceremony while a question stands leaves the terminal as it was and the ceremony resumable."""
import datetime
import os
import pty
import re
import signal
import termios

import pytest

from stack.ceremonies import PASSPHRASES, House, SharesOfThree

CTRL_C = b"\x03"
ANSWERS = [
    (rb"Initials \((\w+)\): $", lambda found: found[1]),
    (rb"UTC time on a clock .*: $", lambda _: datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ").encode()),
    (rb"type \"proceed\" to go on: $", lambda _: b"proceed"),
]


class Seat:
    """A ceremony at a terminal of its own, answered up to the first question that no answer above fits."""

    def __init__(self, arguments, environment):
        self.pid, self.terminal = pty.fork()
        if self.pid == 0:
            os.execve(arguments[0], arguments, environment)
        self.screen = b""

    def read(self):
        try:
            octets = os.read(self.terminal, 4096)
        except OSError:  # nobody is at the other end any more
            octets = b""
        self.screen += octets
        return octets

    def answer_until_asked(self, question):
        while not re.search(question, self.screen):
            assert self.read(), self.screen.decode()
            for pattern, answer in ANSWERS:
                if found := re.search(pattern, self.screen):
                    self.screen = b""
                    os.write(self.terminal, answer(found) + b"\n")

    def echoes(self):
        return bool(termios.tcgetattr(self.terminal)[3] & termios.ECHO)

    def status(self):
        return os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])


@pytest.fixture
def house(programs, tmp_path):
    return House(programs.root, tmp_path, SharesOfThree())


@pytest.fixture
def seat(house):
    """At the question for the first officer's passphrase, which is not echoed."""
    arguments = house.command("root", house.root(), {})
    at = arguments.index("--answers")
    seat = Seat(arguments[:at] + arguments[at + 2:], house.environment())
    seat.answer_until_asked(rb"Flo Ford: .*passphrase.*: $")
    assert not seat.echoes()
    os.write(seat.terminal, PASSPHRASES["Flo Ford"][:5].encode())
    return seat


def is_recorded(house, why):
    assert os.listdir(house.directory / "root.unfinished" / "custody") == []
    last = house.transcript("root.unfinished")[-1]
    assert last["event"] == "step.failed" and why in last["data"]["error"]


def is_resumed(house):
    house.hold("root", house.root(), house.custody.secrets_to_make(), "--resume")
    assert house.transcript("root")[1]["event"] == "ceremony.resumed"


@pytest.mark.parametrize(("end", "why"), [
    (CTRL_C, "given up at the question"), (signal.SIGINT, "stopped by a signal at the question"),
    (signal.SIGTERM, "stopped by a signal at the question"), (signal.SIGHUP, "stopped by a signal at the question"),
], ids=["ctrl-c", "SIGINT", "SIGTERM", "SIGHUP"])
def test_a_question_is_given_up(house, seat, end, why):
    if end is CTRL_C:
        os.write(seat.terminal, CTRL_C)
    else:
        os.kill(seat.pid, end)
    while seat.read():
        pass
    assert seat.status() == 1
    assert why in seat.screen.decode() and "root.unfinished holds the transcript" in seat.screen.decode()
    assert PASSPHRASES["Flo Ford"][:5] not in seat.screen.decode()
    is_recorded(house, why)


def test_the_echo_is_on_again(seat):
    assert seat.screen.endswith(b"Flo Ford: a passphrase for your share of the new key, of at least 12 characters: ")
    os.write(seat.terminal, PASSPHRASES["Flo Ford"][5:].encode() + b"\n")
    seat.answer_until_asked(rb"Flo Ford: the same again: $")
    os.kill(seat.pid, signal.SIGTERM)
    while b"error" not in seat.screen:
        assert seat.read()
    assert seat.echoes()
    assert seat.status() == 1


def test_a_terminal_that_goes_away(house, seat):
    os.close(seat.terminal)
    assert seat.status() == 1
    is_recorded(house, "at the question")
    is_resumed(house)
