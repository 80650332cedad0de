"""Every kind of ceremony through chancery-root, with the root's key in shares and in a token; what openssl says of it."""
import hashlib
import json
import re
import subprocess

import pytest

from stack.ceremonies import (
    ONLINE_PASSPHRASE, PASSPHRASES, PIN, House, SharesOfThree, SoftwareToken, openssl, wait_for_another_second)
from stack.processes import run


@pytest.fixture(scope="module", params=["shares", "token"])
def house(request, programs, tmp_path_factory):
    """A house with a root R1 and an intermediate I1."""
    directory = tmp_path_factory.mktemp(request.param)
    custody = SharesOfThree() if request.param == "shares" else SoftwareToken(directory / "softhsm")
    house = House(programs.root, directory, custody)
    house.hold_root()
    house.hold_intermediate()
    return house


def hold_crl(house, name, *arguments, **changes):
    house.hold(name, house.crl(*arguments, **changes), house.custody.secrets_to_use())
    return house.bundle(name) / "root.crl.pem"


def make_partner(house, key="partner.key.pem"):
    """Another PKI's root with its request for cross-certification."""
    folder = house.directory
    if not (folder / key).exists():
        openssl("ecparam", "-name", "secp384r1", "-genkey", "-noout", "-out", folder / key)
    openssl("req", "-x509", "-new", "-key", folder / key, "-subj", "/O=Partner/CN=Partner Root", "-days", "3650",
            "-sha384", "-addext", "keyUsage=critical,keyCertSign,cRLSign", "-out", folder / "partner.pem")
    openssl("req", "-new", "-key", folder / key, "-subj", "/O=Partner/CN=Partner Root", "-sha384",
            "-out", folder / "partner.csr.pem")


def test_openssl_trusts_the_chain(house):
    openssl("verify", "-x509_strict", "-CAfile", house.bundle("root") / "root.pem",
            house.bundle("i1") / "intermediate.pem")


def test_no_secret_in_bundles(house):
    secrets = [*PASSPHRASES.values(), ONLINE_PASSPHRASE, PIN]
    for name in ("root", "i1"):
        for file in house.bundle(name).iterdir():
            text = file.read_text()
            assert "PRIVATE KEY" not in text
            assert not [secret for secret in secrets if secret in text], file


def test_the_root_signs_every_transcript(house):
    for name in ("root", "i1"):
        run([house.root_program, "replay", house.bundle(name)])


def test_no_signature_without_the_word(house):
    """What an existing key signs waits for "proceed" once people have seen what it is."""
    make_partner(house)
    for name, script, what in (("mute-crl", house.crl(1), "CRL number 1"), ("mute-csr", house.cross_csr(), "a request"),
                               ("mute-cross", house.cross_certificate(), "a certificate of CN=Partner Root")):
        said = house.refuse(name, script, house.custody.secrets_to_use(), more={"point_of_no_return": "no"})
        assert "that is not \"proceed\"" in said
        unfinished = f"{name}.unfinished"
        assert "tbs" in [line["event"] for line in house.transcript(unfinished)] and not house.announcements(unfinished)
        house.hold(name, script, house.custody.secrets_to_use(), "--resume")
        assert [text.startswith(f"the next step signs {what}") for text in house.announcements(name)] == [True]


def test_an_intermediate_waits_for_a_second_word(house):
    """Its key may exist by then; without the word nothing is signed, and no key is left behind."""
    secrets = house.custody.secrets_to_use() | {"new_key": ONLINE_PASSPHRASE}
    said = house.refuse("mute-i", house.intermediate(), secrets,
                        more={"point_of_no_return.signing": "no"})
    assert "that is not \"proceed\"" in said
    events = [line["event"] for line in house.transcript("mute-i.unfinished")]
    assert "key.made" in events and "tbs" in events and "artefact" not in events
    assert len(house.announcements("mute-i.unfinished")) == 1
    assert not list((house.directory / "mute-i.unfinished" / "custody").iterdir())


def test_the_end_shows_what_was_made(house):
    """Hashes are of the DER, as openssl writes it."""
    def made(name, script):
        return json.loads(house.hold(name, script, house.custody.secrets_to_use(), "--json"))

    def sha256(kind, file):
        der = subprocess.run(["openssl", kind, "-in", file, "-outform", "DER"], check=True, capture_output=True).stdout
        return hashlib.sha256(der).hexdigest()

    revoke = {"certificate": "i1/bundle/intermediate.pem", "reason": "superseded", "at": "2026-01-01T00:00:00Z"}
    said = made("shown-crl", house.crl(30, revoke=[revoke]))
    file = house.bundle("shown-crl") / "root.crl.pem"
    assert said["made"] == "crl" and said["key"]["subject"] == "CN=Test Root R1,O=Test"
    assert said["crl"]["sha256"] == sha256("crl", file) and said["crl"]["number"] == "30"
    serial = openssl("x509", "-in", house.bundle("i1") / "intermediate.pem", "-noout", "-serial").split("=")[1].strip()
    assert [(entry["serial"].upper(), entry["reason"]) for entry in said["crl"]["entries"]] == [(serial, "superseded")]
    dates = openssl("crl", "-in", file, "-noout", "-lastupdate", "-nextupdate", "-dateopt", "iso_8601")
    for name in ("this_update", "next_update"):
        assert said["crl"][name].replace("T", " ") in dates
    said = made("shown-csr", house.cross_csr())
    assert said["request"] == {"subject": "CN=Test Root R1,O=Test",
                               "sha256": sha256("req", house.bundle("shown-csr") / "root.csr.pem")}
    shown = house.hold("shown-crl-again", house.crl(31, revoke=[revoke]), house.custody.secrets_to_use())
    for part in ("The CRL\n  number       31\n", "  entries      1\n", "superseded", "The certificate of the key that was used"):
        assert part in shown


def test_revocation_lists_go_on_from_the_last(house):
    first = hold_crl(house, "crl-1", 1)
    revoke = {"certificate": "i1/bundle/intermediate.pem", "reason": "keyCompromise", "at": "2026-01-01T00:00:00Z"}
    house.refuse("bad", house.crl(1, "crl-1/bundle/root.crl.pem"), house.custody.secrets_to_use())
    wait_for_another_second()
    second = hold_crl(house, "crl-2", 2, "crl-1/bundle/root.crl.pem", [revoke])
    wait_for_another_second()
    third = hold_crl(house, "crl-3", 3, "crl-2/bundle/root.crl.pem")
    serial = openssl("x509", "-in", house.bundle("i1") / "intermediate.pem", "-noout", "-serial").split("=")[1].strip()
    for list_, revoked in ((first, False), (second, True), (third, True)):
        text = openssl("crl", "-in", list_, "-noout", "-text", "-CAfile", house.bundle("root") / "root.pem")
        assert (serial in text) == revoked
    with pytest.raises(Exception, match="certificate revoked"):
        openssl("verify", "-crl_check", "-CRLfile", third, "-CAfile", house.bundle("root") / "root.pem",
                house.bundle("i1") / "intermediate.pem")


def test_everybody_sees_what_will_be_signed(house):
    """On the screen, before the word is asked for."""
    revoke = [{"certificate": "i1/bundle/intermediate.pem", "reason": "superseded", "at": "2026-01-01T00:00:00Z"}]
    said = house.hold("seen-crl", house.crl(40, revoke=revoke), house.custody.secrets_to_use())
    shown = openssl("x509", "-in", house.bundle("i1") / "intermediate.pem", "-noout", "-serial")
    serial = shown.split("=")[1].strip().lower()
    assert said.index(f"to be signed: {serial} at 2026-01-01T00:00:00Z, superseded") < said.index("POINT OF NO RETURN")
    make_partner(house)
    said = house.hold("seen-cross", house.cross_certificate(), house.custody.secrets_to_use())
    before = said[:said.index("POINT OF NO RETURN")]
    assert "subject: CN=Partner Root,O=Partner" in before and "issuer: CN=Test Root R1,O=Test" in before
    assert "valid: " in before and "key id: " in before and "permitted: dns:partner.example" in before
    secrets = house.custody.secrets_to_use() | {"new_key": ONLINE_PASSPHRASE}
    said = house.hold("seen-intermediate", house.intermediate(), secrets)
    key, signing = (said[at.start():] for at in re.finditer("POINT OF NO RETURN", said))
    shown = key[:key.index("POINT OF NO RETURN", 1)]
    assert "the next step makes the key of CN=Test Issuing CA I1,O=Test" in " ".join(key.split())
    assert "subject: CN=Test Issuing CA I1,O=Test" in shown and "valid: " in shown and "key id: " in shown
    assert "the next step signs the certificate of CN=Test Issuing CA I1,O=Test for the new key" in " ".join(signing.split())
    assert max(len(line) for line in said[said.index("=" * 72):].splitlines()[:4]) <= 72


def test_a_number_that_is_not_greater_is_refused(house):
    hold_crl(house, "crl-5", 5)
    for number in (4, 5):
        said = house.refuse("bad-crl", house.crl(number, "crl-5/bundle/root.crl.pem"), house.custody.secrets_to_use(),
                            *(["--resume"] if number == 5 else []))
        assert f"crl.number is {number}, and that of the last CRL 5; it must be greater" in said


def test_a_list_that_takes_back_a_revocation_is_refused(house):
    revoke = [{"certificate": "i1/bundle/intermediate.pem", "reason": "superseded", "at": "2026-01-01T00:00:00Z"}]
    hold_crl(house, "crl-20", 20)
    wait_for_another_second()
    hold_crl(house, "crl-21", 21, "crl-20/bundle/root.crl.pem", revoke)
    last = {"bundle": "crl-21/bundle"}
    said = house.refuse("anew", house.crl(1) | {"previous": last}, house.custody.secrets_to_use())
    assert "crl.first is true, but the previous ceremony records CRL number 21" in said
    said = house.refuse("older", house.crl(22, "crl-20/bundle/root.crl.pem") | {"previous": last},
                        house.custody.secrets_to_use())
    assert "crl.previous is CRL number 20" in said and "records CRL number 21" in said


def test_a_certificate_is_revoked_once(house):
    revoke = [{"certificate": "i1/bundle/intermediate.pem", "reason": "superseded", "at": "2026-01-01T00:00:00Z"}]
    hold_crl(house, "crl-6", 6, revoke=revoke)
    said = house.refuse("twice", house.crl(8, "crl-6/bundle/root.crl.pem", revoke), house.custody.secrets_to_use())
    assert "is revoked already" in said


def test_a_request_to_be_certified_elsewhere(house):
    house.hold("csr", house.cross_csr(), house.custody.secrets_to_use())
    request = house.bundle("csr") / "root.csr.pem"
    openssl("req", "-in", request, "-verify", "-noout")
    assert openssl("req", "-in", request, "-noout", "-pubkey") == openssl(
        "x509", "-in", house.bundle("root") / "root.pem", "-noout", "-pubkey")


def test_certifying_another_root(house):
    make_partner(house)
    house.hold("cross", house.cross_certificate(), house.custody.secrets_to_use())
    certificate = house.bundle("cross") / "cross.pem"
    openssl("verify", "-x509_strict", "-CAfile", house.bundle("root") / "root.pem", certificate)
    text = openssl("x509", "-in", certificate, "-noout", "-text")
    assert "DNS:partner.example" in text and "pathlen:1" in text
    for part in ("-pubkey", "-subject"):
        assert openssl("x509", "-in", certificate, "-noout", part) == openssl(
            "x509", "-in", house.directory / "partner.pem", "-noout", part)


def test_a_request_that_is_not_its_own_is_refused(house):
    make_partner(house, "one.key.pem")
    (house.directory / "other.csr.pem").write_bytes((house.directory / "partner.csr.pem").read_bytes())
    make_partner(house, "another.key.pem")
    said = house.refuse("stolen", house.cross_certificate(target={
        "certificate": "partner.pem", "request": "other.csr.pem"}), house.custody.secrets_to_use())
    assert "the request's key is not that of the certificate" in said


def test_a_request_of_the_roots_own_key_is_refused(house):
    house.hold("own-csr", house.cross_csr(), house.custody.secrets_to_use())
    target = {"certificate": "root/bundle/root.pem", "request": "own-csr/bundle/root.csr.pem"}
    said = house.refuse("own", house.cross_certificate(target=target), house.custody.secrets_to_use())
    assert "root/bundle/root.pem is the issuer's own certificate" in said
    (house.directory / "own.pem").write_bytes((house.bundle("root") / "root.pem").read_bytes())
    said = house.refuse("copied", house.cross_certificate(target=target | {"certificate": "own.pem"}), house.custody.secrets_to_use())
    assert "the new CA's key is its issuer's key" in said


def test_a_rehearsal_never_touches_the_real_key(house):
    """A throw-away key stands in for the root's: no officer and no PIN is asked for, and no copy is harmed."""
    secrets = {"new_key": ONLINE_PASSPHRASE}
    house.hold("rehearsed", house.intermediate(), secrets, command="rehearse")
    present = {"shares": {f"copy.present.{n}": text for n, text in enumerate(("FF", "GG", "HH"), 1)},
               "token": {"copy.present.1": "DD"}}[house.custody.name]
    house.hold("rehearsed-end", house.destroy(), {}, command="rehearse", more=present)
    house.hold_intermediate("still-there")
