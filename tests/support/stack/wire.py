"""What a TLS client sees: full handshakes that verify the chain and the name."""
import dataclasses
import datetime
import socket
import ssl


@dataclasses.dataclass
class Seen:
    serial: str  # lower-case hex, as chancery prints it
    not_before: datetime.datetime
    not_after: datetime.datetime


def _time(text):
    return datetime.datetime.fromtimestamp(ssl.cert_time_to_seconds(text), datetime.timezone.utc)


class Wire:
    """Handshakes with one server name; never resumes a session, so that each shows the certificate served now."""

    def __init__(self, roots, port, server_name):
        self._port, self._server_name = port, server_name
        self._context = ssl.create_default_context(cafile=str(roots))

    def handshake(self, timeout=5.0):
        """Errors: OSError, of which ssl.SSLError is one."""
        with socket.create_connection(("127.0.0.1", self._port), timeout=timeout) as connection:
            with self._context.wrap_socket(connection, server_hostname=self._server_name) as tls:
                certificate = tls.getpeercert()
        return Seen(certificate["serialNumber"].lower(), _time(certificate["notBefore"]), _time(certificate["notAfter"]))
