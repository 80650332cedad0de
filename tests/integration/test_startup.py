"""A start that cannot succeed says why and what to do on stderr, ends with a status, and changes nothing."""
import socket

import pytest

from stack.processes import StackError


@pytest.fixture(scope="module")
def stopped(workshop):
    """The site's CA, ended: these tests start it in vain."""
    assert workshop.site.ca.stop() == 0
    return workshop.site.ca


@pytest.fixture
def settings(stopped):
    """What the test changes in the configuration is changed back."""
    kept = dict(stopped.settings)
    yield kept
    stopped.settings = kept
    stopped.configure()


@pytest.fixture(autouse=True)
def unchanged(workshop):
    """Whatever a start says, the store is as before it."""
    before = workshop.ledger.contents()
    yield
    assert workshop.ledger.contents() == before


def failed_start(ca):
    """What a start that fails says."""
    ca.log.write_text("")
    process = ca.launch()
    status = process.wait(timeout=20)
    assert status > 0, f"ended with status {status}:\n{process.tail()}"
    return process.tail(lines=1000)


@pytest.mark.parametrize("key", ["proxy_secret_file", "roots", "policies"])
def test_a_missing_file_is_named(stopped, settings, key, tmp_path):
    stopped.configure(**{key: str(tmp_path / "missing")})
    assert str(tmp_path / "missing") in failed_start(stopped)


@pytest.mark.parametrize("key", ["certificate", "key", "passphrase_file"])
def test_a_missing_file_of_the_issuer_is_named(stopped, settings, key, tmp_path):
    stopped.configure(issuer={**settings["issuer"], key: str(tmp_path / "missing")})
    assert str(tmp_path / "missing") in failed_start(stopped)


def test_a_missing_configuration_is_named(stopped, tmp_path):
    kept, stopped.configuration = stopped.configuration, tmp_path / "missing.yaml"
    try:
        assert str(tmp_path / "missing.yaml") in failed_start(stopped)
    finally:
        stopped.configuration = kept


def test_a_database_in_a_missing_folder_is_named(stopped, settings, tmp_path):
    stopped.configure(database=str(tmp_path / "missing" / "chancery.db"))
    assert "missing" in failed_start(stopped)


def test_a_taken_port_is_named(stopped):
    with socket.socket() as taken:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        taken.bind(("127.0.0.1", stopped.port))
        taken.listen()
        words = failed_start(stopped)
        assert str(stopped.port) in words and "set listen.port in the configuration to a free one" in words


def test_a_wrong_passphrase(stopped, settings, tmp_path):
    wrong = tmp_path / "passphrase"
    wrong.write_text("not the right one\n")
    wrong.chmod(0o600)
    stopped.configure(issuer={**settings["issuer"], "passphrase_file": str(wrong)})
    assert "passphrase" in failed_start(stopped)


def test_a_key_that_others_may_read(stopped, settings, tmp_path):
    key = tmp_path / "key.pem"
    key.write_bytes(open(settings["issuer"]["key"], "rb").read())
    key.chmod(0o644)
    stopped.configure(issuer={**settings["issuer"], "key": str(key)})
    assert str(key) in failed_start(stopped)


def test_a_key_of_another_certificate(stopped, settings, workshop):
    """The root's certificate with the intermediate's key."""
    stopped.configure(issuer={**settings["issuer"], "certificate": str(workshop.site.hierarchy.root)})
    assert failed_start(stopped)


FAULTY = {
    "an unknown key": ("lissten: {port: 1}\n", "lissten"),
    "a duplicate key": ("log: {level: info}\nlog: {level: info}\n", "log"),
    "an alias": ("log: &l {level: info}\nlisten: *l\n", "alias"),
    "an unknown level": ("log: {level: loud}\n", "level must be debug"),
    "a port out of range": ("listen: {address: 127.0.0.1, port: 65536}\n", "65536"),
    "not UTF-8": (b"log: {level: \xff\xfe}\n", "UTF-8"),
    "nothing": ("", ""),
}


@pytest.mark.parametrize("text,word", FAULTY.values(), ids=FAULTY.keys())
def test_a_faulty_configuration_is_refused_with_its_place(stopped, settings, text, word):
    stopped.configuration.write_bytes(text if isinstance(text, bytes) else text.encode())
    words = failed_start(stopped)
    assert word in words and stopped.configuration.name in words


def test_a_faulty_profile_is_refused_with_its_place(stopped):
    profile = stopped.policies / "faulty.yaml"
    profile.write_text("name: faulty\nlifetime: 1d\nlifetime: 2d\n")
    try:
        assert "faulty.yaml:3" in failed_start(stopped)
    finally:
        profile.unlink()


def test_a_faulty_block_list_is_refused_with_its_line(stopped, settings, tmp_path):
    keys = tmp_path / "lost.list"
    keys.write_text("# keys that were lost\n" + 64 * "a" + "\nnot a key\n")
    stopped.configure(key_blocklist=str(keys))
    assert f"configuration key key_blocklist: {keys}:3: neither the SHA-256" in failed_start(stopped)


def test_it_starts_when_nothing_is_wrong(stopped):
    try:
        stopped.start()
    except StackError as error:
        pytest.fail(str(error))
    assert stopped.stop() == 0
