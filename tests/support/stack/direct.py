"""chancery-ca's own port, called as its front calls it: where nginx and TLS would only cost time."""
import http.client
import json
import socket
import time
import urllib.parse

END = "-----END CERTIFICATE-----\n"
GONE = (OSError, http.client.HTTPException)  # what a call raises when the service dies


def first_certificate(path):
    """The PEM of a file's first certificate: the front forwards no chain."""
    return path.read_text().partition(END)[0] + END


class Direct:
    """One kept connection, for one thread."""

    def __init__(self, port, proxy_secret, timeout=30):
        self._port, self._secret, self._timeout = port, proxy_secret, timeout
        self._connection = None

    def call(self, method, path, body=None, token=None, certificate=None, idempotency_key=None):
        """(status, JSON). `certificate`: the client's, PEM. Errors: those of GONE."""
        if self._connection is None:
            self._connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=self._timeout)
        headers = {"Content-Type": "application/json", "X-Chancery-Proxy-Secret": self._secret}
        if token:
            headers["Authorization"] = f"Bearer {token}"
        if certificate:
            headers["X-Chancery-Client-Certificate"] = urllib.parse.quote(certificate)
        if idempotency_key:
            headers["Idempotency-Key"] = idempotency_key
        try:
            self._connection.request(method, path, None if body is None else json.dumps(body), headers)
            answer = self._connection.getresponse()
            return answer.status, json.loads(answer.read())
        except GONE:
            self.close()
            raise

    def close(self):
        if self._connection is not None:
            self._connection.close()
            self._connection = None


def wait_listening(port, process, patience=20.0):
    """Looks more often than a restart takes. False when the process ended before it listened."""
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline:
        if not process.running():
            return False
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return True
        time.sleep(0.002)
    raise TimeoutError(f"nobody listens on port {port} after {patience:.0f} s:\n{process.tail()}")
