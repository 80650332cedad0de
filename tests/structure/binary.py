#!/usr/bin/python3
"""Holds a built program to what an offline machine may ask of it: no network, and little to install.

binary.py PROGRAM prints every violation and exits 1 when there is one. It reads what the dynamic linker reads: the
symbols that the program wants from shared libraries, and the libraries that it names. Not seen: what those libraries
do themselves (libp11-kit can talk to a remote module, libcrypto has an HTTP client; nothing of ours calls either).
"""
import re
import subprocess
import sys

# The C library's ways into the network, and the ways around this test. Printable addresses (inet_ntop) are no network.
FORBIDDEN = re.compile(
    r"socket|socketpair|connect|bind|listen|accept4?|shutdown|send|sendto|sendm?msg|recv|recvfrom|recvm?msg"
    r"|[gs]etsockopt|getsockname|getpeername|getaddrinfo(_a)?|getnameinfo|gethostby\w+|getservby\w+|res_\w+|__res_\w+"
    r"|dlm?open|dlv?sym")
# OpenSSL's ways into the network.
FORBIDDEN_OPENSSL = re.compile(r"BIO_(new_connect|new_accept|s_connect|s_accept|s_socket|s_datagram|socket|connect|lookup).*"
                               r"|OSSL_HTTP_.*|SSL_.*")

LIBRARIES = {
    "libc.so.6": "the C library: static, it could load no PKCS#11 module",
    "libm.so.6": "the C library",
    "ld-linux-x86-64.so.2": "the C library",
    "libcrypto.so.3": "its archive brings sockets in (docs/decisions/0008)",
    "libp11-kit.so.0": "loads the modules of tokens",
}


def lines(*command):
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()


def wanted_symbols(program):
    for line in lines("nm", "--dynamic", "--undefined-only", program):
        yield line.split()[-1].split("@")[0]


def dynamic_entries(program):
    for line in lines("readelf", "--dynamic", "--wide", program):
        match = re.search(r"\((\w+)\).*\[(.*)\]", line)
        if match:
            yield match.groups()


def violations(program):
    symbols = set(wanted_symbols(program))
    if "__libc_start_main" not in symbols:
        yield "is not a dynamically linked program of the C library: nothing can be said about it"
    for symbol in sorted(symbols):
        if FORBIDDEN.fullmatch(symbol) or FORBIDDEN_OPENSSL.fullmatch(symbol):
            yield f"wants {symbol}: it could use the network, or load code that does"
    for tag, value in dynamic_entries(program):
        if tag == "NEEDED" and value not in LIBRARIES:
            yield f"needs {value}: link it statically, or say in LIBRARIES why not"
        if tag in ("RPATH", "RUNPATH"):
            yield f"looks for libraries in {value}"


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    found = list(violations(sys.argv[1]))
    for fault in found:
        print(f"{sys.argv[1]} {fault}")
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
