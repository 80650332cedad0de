"""What happens in the demo, as data: events, and what the wire and Prometheus say about each certificate.

Written by the prober and poller threads, read by the views; every member is touched under `Story.lock` only.
"""
import collections
import dataclasses
import threading
import time

RENEWALS_WANTED = 3


@dataclasses.dataclass
class Serial:
    """One certificate of a service, as first met in a handshake."""
    serial: str
    first_seen: float  # seconds since the epoch
    not_before: float
    not_after: float


@dataclasses.dataclass
class Track:
    """One service's certificate through its renewals."""
    name: str
    host: str
    serials: list = dataclasses.field(default_factory=list)
    handshakes: int = 0
    failures: int = 0
    last_failure: str = ""
    prometheus_left: float | None = None  # seconds, as the expiry query answers

    @property
    def current(self):
        return self.serials[-1] if self.serials else None

    @property
    def renewals(self):
        return max(0, len(self.serials) - 1)


def short(serial):
    return "…" + serial[-8:]


class Story:
    def __init__(self, hosts):
        self.lock = threading.Lock()
        self.tracks = [Track(name, host) for name, host in hosts.items()]
        self.events = collections.deque(maxlen=200)
        self.told = 0  # events in all, for the plain view
        self.began = None  # when the first certificate was seen: day 0

    def day(self, moment=None):
        """Days, which are seconds, since the first certificate was seen."""
        return 0.0 if self.began is None else (moment or time.time()) - self.began

    def tell(self, text, style=""):
        with self.lock:
            self._tell(text, style)

    def _tell(self, text, style=""):
        self.events.append((self.day(), text, style))
        self.told += 1

    def handshake(self, track, seen):
        """A handshake with `track`'s service has been verified and showed `seen`."""
        now = time.time()
        with self.lock:
            track.handshakes += 1
            if track.current and track.current.serial == seen.serial:
                return
            before = track.current
            if self.began is None:
                self.began = now
            track.serials.append(Serial(seen.serial, now, seen.not_before.timestamp(), seen.not_after.timestamp()))
            if before:
                left = before.not_after - now
                self._tell(f"{track.host} serves {short(seen.serial)} instead of {short(before.serial)}, "
                           f"which had {left:.0f} days left (renewal {track.renewals})", "green")
            else:
                self._tell(f"{track.host} serves its first certificate, {short(seen.serial)}", "green")

    def failed(self, track, reason):
        with self.lock:
            if not track.serials:  # the service has not had a certificate yet
                return
            track.failures += 1
            track.last_failure = reason
            self._tell(f"HANDSHAKE FAILED with {track.host}: {reason}", "bold red")

    def everything_renewed(self):
        with self.lock:
            return all(track.renewals >= RENEWALS_WANTED for track in self.tracks)
