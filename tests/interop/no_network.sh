#!/usr/bin/env bash
# no_network.sh CHANCERY_ROOT: the offline program asks the C library for no socket.
set -euo pipefail
symbols=$(nm --dynamic --undefined-only "$1" | awk '{print $NF}' | sed 's/@.*//')
grep -qx open <<<"$symbols"  # the list is really the program's
if grep -Ex 'socket|connect|bind|listen|accept|accept4|send|sendto|recv|recvfrom|getaddrinfo|gethostbyname' <<<"$symbols"; then
  echo "$1 links network code" >&2
  exit 1
fi
