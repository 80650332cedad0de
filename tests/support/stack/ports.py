"""Free TCP ports of 127.0.0.1."""
import random
import socket

_held = []  # keeps the reservations until this process ends
FIRST, LAST = 20000, 32000  # below the range that outgoing connections take theirs from


def _reserve(port):
    """Nobody else who asks here gets this port, in whatever process: the kernel gives each abstract name once."""
    name = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    try:
        name.bind(f"\0chancery-port-{port}")
    except OSError:
        name.close()
        return False
    _held.append(name)
    return True


def _is_free(port):
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def free_port():
    generator = random.SystemRandom()
    for _ in range(1000):
        port = generator.randint(FIRST, LAST)
        if _is_free(port) and _reserve(port):
            return port
    raise RuntimeError(f"no free port between {FIRST} and {LAST} on 127.0.0.1: end some of what listens there")


def is_listening(port):
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1):
            return True
    except OSError:
        return False
