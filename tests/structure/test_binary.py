"""The test of the offline program itself: what it must see in small programs made for it."""
import pathlib
import subprocess
import sys

import pytest

BINARY = pathlib.Path(__file__).resolve().parent / "binary.py"


def judge(tmp_path, body, *options):
    """The verdict on a C program with this main()."""
    source, program = tmp_path / "program.c", tmp_path / "program"
    source.write_text("#define _GNU_SOURCE\n#include <dlfcn.h>\n#include <math.h>\n#include <netdb.h>\n#include <stdio.h>\n"
                      "#include <stdlib.h>\n#include <sys/socket.h>\n"
                      f"int main(int argc, char **argv) {{ {body} }}\n", encoding="utf-8")
    subprocess.run(["cc", "-O0", "-fno-builtin", source, "-o", program, *options], check=True)
    return subprocess.run([sys.executable, BINARY, program], capture_output=True, text=True, check=False)


def test_an_offline_program_passes(tmp_path):
    result = judge(tmp_path, 'return printf("%f", cos(argc));', "-lm")
    assert (result.returncode, result.stdout) == (0, "")


@pytest.mark.parametrize(("body", "symbol"), [
    ("return socket(argc, SOCK_STREAM, 0);", "socket"),
    ("return connect(argc, 0, 0);", "connect"),
    ("return bind(argc, 0, 0);", "bind"),
    ("return listen(argc, 0);", "listen"),
    ("return accept(argc, 0, 0);", "accept"),
    ("return sendto(argc, 0, 0, 0, 0, 0);", "sendto"),
    ("return recvfrom(argc, 0, 0, 0, 0, 0);", "recvfrom"),
    ("return sendmsg(argc, 0, 0);", "sendmsg"),
    ("return recvmmsg(argc, 0, 0, 0, 0);", "recvmmsg"),
    ("return getaddrinfo(argv[0], 0, 0, 0);", "getaddrinfo"),
    ("return gethostbyname(argv[0]) != 0;", "gethostbyname"),
    ("return setsockopt(argc, 0, 0, 0, 0);", "setsockopt"),
    ("return dlopen(argv[0], 0) != 0;", "dlopen"),
    ("return dlsym(0, argv[0]) != 0;", "dlsym"),
])
def test_a_way_into_the_network_is_seen(tmp_path, body, symbol):
    result = judge(tmp_path, body)
    assert result.returncode == 1
    assert f" wants {symbol}:" in result.stdout


def test_openssl_s_way_into_the_network_is_seen(tmp_path):
    result = judge(tmp_path, "extern void *BIO_new_connect(const char *); return BIO_new_connect(argv[0]) != 0;", "-lcrypto")
    assert result.returncode == 1
    assert " wants BIO_new_connect:" in result.stdout
    assert "libcrypto" not in result.stdout


def test_a_library_that_is_not_on_the_list_is_seen(tmp_path):
    result = judge(tmp_path, "extern const char *zlibVersion(void); return zlibVersion() != 0;", "-lz")
    assert result.returncode == 1
    assert "needs libz.so.1" in result.stdout


def test_a_search_path_is_seen(tmp_path):
    result = judge(tmp_path, "return argc;", "-Wl,-rpath,/tmp/somewhere")
    assert result.returncode == 1
    assert "looks for libraries in /tmp/somewhere" in result.stdout


def test_a_static_program_is_not_taken_for_an_offline_one(tmp_path):
    result = judge(tmp_path, "return argc;", "-static")
    assert result.returncode == 1
    assert "nothing can be said" in result.stdout
