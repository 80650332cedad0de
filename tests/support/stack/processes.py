"""Processes that are started, waited for, and stopped by their own pid."""
import os
import pathlib
import signal
import subprocess
import time


class StackError(Exception):
    """Something of the stack does not work; the text is for people and names the log to read."""


def wait_until(condition, what, timeout=20.0, interval=0.05):
    """Polls `condition` until it returns something true, and returns that."""
    deadline = time.monotonic() + timeout
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > deadline:
            raise StackError(f"gave up after {timeout:.0f} s waiting for: {what}")
        time.sleep(interval)


def run(arguments, **options):
    """Runs a command to its end and returns its standard output; its words are in the error if it fails."""
    arguments = [str(argument) for argument in arguments]
    result = subprocess.run(arguments, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                            stdin=subprocess.DEVNULL, **options)
    if result.returncode != 0:
        raise StackError(f"{' '.join(arguments)}\nfailed with status {result.returncode}:\n{result.stdout}{result.stderr}")
    return result.stdout


class Process:
    """One started program, with its words in a log file.

    It leads a process group of its own, so Ctrl-C at the terminal does not reach it, and it is asked to end by the
    kernel if its starter dies without having stopped it.
    """

    def __init__(self, name, arguments, log, environment=None):
        self.name = name
        self.arguments = [str(argument) for argument in arguments]
        self.log = pathlib.Path(log)
        self._environment = environment or {}
        self._process = None

    @property
    def pid(self):
        return self._process.pid

    def start(self):
        with open(self.log, "ab") as log:
            self._process = subprocess.Popen(
                ["setpriv", "--pdeathsig", "TERM", "--", *self.arguments], stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                env={**os.environ, **self._environment}, start_new_session=True)
        return self

    def running(self):
        return self._process is not None and self._process.poll() is None

    def wait_ready(self, condition, what, timeout=20.0):
        def ready_or_dead():
            if not self.running():
                raise StackError(f"{self.name} ended with status {self._process.returncode} before {what}:\n{self.tail()}")
            return condition()

        try:
            return wait_until(ready_or_dead, f"{self.name}: {what}", timeout)
        except StackError as error:
            raise StackError(f"{error}\n{self.tail()}") from None

    def tail(self, lines=20):
        """The last words of its log."""
        try:
            return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])
        except OSError:
            return ""

    def signal(self, number):
        if self.running():
            self._process.send_signal(number)

    def wait(self, timeout=20.0):
        """Its exit status; negative for the signal that ended it."""
        try:
            return self._process.wait(timeout)
        except subprocess.TimeoutExpired:
            raise StackError(f"{self.name} did not end within {timeout:.0f} s:\n{self.tail()}") from None

    def stop(self, timeout=10.0):
        """SIGTERM, and after `timeout` seconds SIGKILL, to it and the children it left in its group."""
        if self._process is None:
            return None
        self.signal(signal.SIGTERM)
        try:
            status = self._process.wait(timeout)
        except subprocess.TimeoutExpired:
            status = None
        try:
            os.killpg(self._process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        return self._process.wait() if status is None else status

    def kill(self):
        """SIGKILL, as a crash."""
        self.signal(signal.SIGKILL)
        return self.wait()
