"""The view where there is no terminal: events as they come, and a line of state now and then."""
import time

from story import short

STATUS_INTERVAL = 10  # seconds between lines of state


class PlainLines:
    def __init__(self, story, console):
        self._story, self._console = story, console
        self._printed, self._next_status = 0, time.monotonic() + STATUS_INTERVAL

    def tick(self):
        with self._story.lock:
            fresh = self._story.told - self._printed
            lines = list(self._story.events)[-fresh:] if fresh else []
            self._printed = self._story.told
            if time.monotonic() >= self._next_status:
                self._next_status += STATUS_INTERVAL
                lines += [(self._story.day(), self._status(track), "") for track in self._story.tracks if track.current]
        for day, text, _ in lines:
            self._console.print(f"day {day:5.1f}  {text}", highlight=False, markup=False, soft_wrap=True)

    @staticmethod
    def _status(track):
        told = "no answer" if track.prometheus_left is None else f"{track.prometheus_left:.0f}"
        return (f"{track.host}: {short(track.current.serial)}, {track.current.not_after - time.time():.0f} days left "
                f"(Prometheus: {told}), renewals {track.renewals}, handshakes {track.handshakes} ok, {track.failures} failed")
