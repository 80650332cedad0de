"""Threads that watch: handshakes with each service five times a second, and Prometheus once a second."""
import threading

from stack.monitoring import EXPIRY_QUERY
from stack.wire import Wire

HANDSHAKE_INTERVAL = 0.2
QUERY_INTERVAL = 1.0


class Watch:
    """Runs `look` every `interval` seconds until stopped."""

    def __init__(self, name, interval, look):
        self._stop = threading.Event()
        self._interval, self._look = interval, look
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    def _run(self):
        while not self._stop.wait(self._interval):
            self._look()

    def start(self):
        self._thread.start()
        return self

    def stop(self):
        self._stop.set()
        self._thread.join(timeout=10)


def watch_service(story, track, roots, port):
    wire = Wire(roots, port, track.host)

    def look():
        try:
            seen = wire.handshake()
        except OSError as error:
            story.failed(track, str(error))
        else:
            story.handshake(track, seen)

    return Watch(f"handshakes-{track.name}", HANDSHAKE_INTERVAL, look)


def watch_prometheus(story, prometheus):
    def look():
        try:
            left = {labels.get("certificate"): value for labels, value in prometheus.query(EXPIRY_QUERY)}
        except (OSError, ValueError, KeyError):
            left = {}
        with story.lock:
            for track in story.tracks:
                track.prometheus_left = left.get(track.name)

    return Watch("expiry-query", QUERY_INTERVAL, look)
