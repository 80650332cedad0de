"""Ceremonies whose root key is in shares: refusals, restoring, recovery, crashes and destruction."""
import json
import os
import shutil
import signal
import subprocess

import pytest

from stack.ceremonies import OFFICERS, ONLINE_PASSPHRASE, PASSPHRASES, House, SharesOfThree, openssl
from stack.processes import run, wait_until


@pytest.fixture
def shares(programs, tmp_path):
    return House(programs.root, tmp_path, SharesOfThree())


@pytest.fixture(scope="module")
def shares_of_a_root(programs, tmp_path_factory):
    house = House(programs.root, tmp_path_factory.mktemp("dealt"), SharesOfThree())
    house.hold_root()
    return house


@pytest.fixture
def dealt(shares_of_a_root, tmp_path):
    """A house of its own with a root whose shares have been dealt."""
    shutil.copytree(shares_of_a_root.directory, tmp_path, dirs_exist_ok=True)
    return House(shares_of_a_root.root_program, tmp_path, SharesOfThree())


def test_an_openssl_configuration_is_ignored(programs, tmp_path):
    """The provider that it names ends whatever program loads it."""
    source = tmp_path / "provider.c"
    source.write_text("#include <unistd.h>\n__attribute__((constructor)) static void loaded(void) { _exit(77); }\n")
    run(["cc", "-shared", "-fPIC", "-o", tmp_path / "foreign.so", source])
    configuration = tmp_path / "openssl.cnf"
    configuration.write_text("openssl_conf = init\n[init]\nproviders = all\n[all]\nforeign = foreign\n"
                             f"[foreign]\nmodule = {tmp_path}/foreign.so\nactivate = 1\n")
    environment = os.environ | {"OPENSSL_CONF": str(configuration), "OPENSSL_MODULES": str(tmp_path)}
    loaded = subprocess.run(["openssl", "version"], env=environment, check=False, capture_output=True)
    assert loaded.returncode == 77, "the provider is loaded where the configuration is read"
    house = House(programs.root, tmp_path, SharesOfThree())
    house.custody.environment = environment
    house.hold_root()


def test_a_validity_beyond_the_parents_is_refused(programs, tmp_path):
    house = House(programs.root, tmp_path, SharesOfThree())
    house.hold("root", house.root(validity={"lifetime": "1000d"}), house.custody.secrets_to_make())
    said = house.refuse("i1", house.intermediate(), house.custody.secrets_to_use())
    assert "after its issuer does at" in said
    assert "intermediate.key.pem" not in os.listdir(tmp_path / "i1.unfinished" / "custody")


# Shares.

def test_shares_that_are_refused_are_named(dealt, tmp_path):
    new = dealt.custody.secrets_to_use() | {"new_key": ONLINE_PASSPHRASE}
    said = dealt.refuse("wrong", dealt.intermediate(), new | {"issuer_key.2": "not the right passphrase"})
    assert "share of Hal Hill (" in said and "root.3.share" in said

    def with_files(*files):
        used = {"shares": dealt.custody.used["shares"] | {"files": list(files)}}
        return dealt.intermediate(issuer={"certificate": "root/bundle/root.pem", "custody": used})

    one, three = "root/custody/root.1.share", "root/custody/root.3.share"
    assert f"{one} is named twice" in dealt.refuse("twice", with_files(one, one), new)
    shutil.copy(tmp_path / one, tmp_path / "copy.share")
    said = dealt.refuse("copied", with_files(one, "copy.share"), new)
    assert "Flo Ford" in said and "it is the same share" in said
    said = dealt.refuse("few", with_files(one), new)
    assert "1 share files are named; 2 to 3 make sense" in said
    other = House(dealt.root_program, tmp_path / "other", SharesOfThree())
    other.directory.mkdir()
    other.hold_root()
    said = dealt.refuse("foreign", with_files(one, "other/root/custody/root.3.share"), new)
    assert "Hal Hill" in said and "it is a share of another key" in said
    flipped = bytearray((tmp_path / three).read_bytes())
    flipped[len(flipped) // 2] ^= 1
    (tmp_path / "flipped.share").write_bytes(flipped)
    assert "flipped.share" in dealt.refuse("flipped", with_files(one, "flipped.share"), new)


def test_one_passphrase_for_two_officers_is_refused(shares):
    same = shares.custody.secrets_to_make() | {"new_key.2": PASSPHRASES[OFFICERS[0]]}
    assert "two of the officers chose the same passphrase" in shares.refuse("root", shares.root(), same)


def test_the_backup_is_restored_before_anything_is_signed(shares):
    forgotten = shares.custody.secrets_to_make() | {"new_key.restore.3": "what Hal thinks it was"}
    said = shares.refuse("root", shares.root(), forgotten)
    assert "Restore the key from its backup" in said and "Hal Hill" in said
    assert "tbs" not in [line["event"] for line in shares.transcript("root.unfinished")]


def test_recovery_deals_new_shares(dealt):
    officers = ["Flo Ford", "Hal Hill", "Ida Ince"]
    one, two, three = dealt.custody.copies
    retire = [one, {"form": "share", "where": "Gil's safe", "officer": two["holder"], "holder": "Dan Doe"}, three]
    script = dealt.recover({"crypto_officers": officers}, reshare={"threshold": 2, "officers": 3}, retire=retire)
    secrets = dealt.custody.secrets_to_use() | dealt.custody.secrets_to_make(officers)
    there = {"copy.present.1": "FF", "copy.present.2": "DD", "copy.present.3": "HH", "copy.destroyed.2": "DD"}
    shutil.copytree(dealt.directory / "root" / "custody", dealt.directory / "old")  # a copy that nobody names
    dealt.refuse("recovered", script, secrets, more=there | {"point_of_no_return": "no"})
    assert os.listdir(dealt.directory / "recovered.unfinished" / "custody") == []
    assert len(os.listdir(dealt.directory / "root" / "custody")) == 3
    said = json.loads(dealt.hold("recovered", script, secrets, "--resume", "--json", more=there))
    assert os.listdir(dealt.directory / "root" / "custody") == ["root.2.share"]  # not where the script says
    assert said["copies_left"]["known"] and [(copy["officer"], copy["dealing"]) for copy in said["copies_left"]["copies"]] == [
        (name, 2) for name in officers]
    assert said["made"] == "shares" and said["shares"] == {"threshold": 2, "dealt": [
        {"officer": name, "file": f"root.{number}.share"} for number, name in enumerate(officers, 1)]}
    assert dealt.announcements("recovered")[0].startswith("the next step makes new shares")
    run([dealt.root_program, "replay", dealt.bundle("recovered"), "--previous", dealt.bundle("root")])
    used = [line["data"] for line in dealt.transcript("recovered") if line["event"] == "key.used"]
    assert [data["officers"] for data in used] == [["Flo Ford", "Hal Hill"], ["Hal Hill", "Ida Ince"]]
    custody = {"shares": {"threshold": 2, "officers": 3, "files": [
        "recovered/custody/root.2.share", "recovered/custody/root.3.share"]}}
    script = dealt.intermediate(roles={"crypto_officers": officers}, issuer={
        "certificate": "root/bundle/root.pem", "custody": custody}, previous={"bundle": "recovered/bundle"})
    dealt.hold("i1", script, {"issuer_key.1": PASSPHRASES["Hal Hill"], "issuer_key.2": PASSPHRASES["Ida Ince"],
                               "new_key": ONLINE_PASSPHRASE})
    openssl("verify", "-CAfile", dealt.bundle("root") / "root.pem", dealt.bundle("i1") / "intermediate.pem")
    mixed = {"shares": {"threshold": 2, "officers": 3, "files": [
        "old/root.1.share", "recovered/custody/root.3.share"]}}
    script = dealt.intermediate(roles={"crypto_officers": officers}, issuer={
        "certificate": "root/bundle/root.pem", "custody": mixed})
    said = dealt.refuse("mixed", script, {"issuer_key.1": PASSPHRASES["Flo Ford"],
                                           "issuer_key.2": PASSPHRASES["Ida Ince"]})
    assert "another splitting of this key" in said
    old = {"shares": {"threshold": 2, "officers": 3, "files": ["old/root.1.share", "old/root.3.share"]}}
    script = dealt.intermediate(roles={"crypto_officers": officers}, previous={"bundle": "i1/bundle"}, issuer={
        "certificate": "root/bundle/root.pem", "custody": old})
    said = dealt.refuse("survived", script, dealt.custody.secrets_to_use())
    assert "was destroyed, as the ceremonies before record, and a copy of it survived" in said


def test_recovery_alone_proves_the_key(dealt):
    said = json.loads(dealt.hold("recovered", dealt.recover(), dealt.custody.secrets_to_use(), "--json"))
    assert said["made"] == "nothing" and "shares" not in said
    assert dealt.announcements("recovered") == []
    assert os.listdir(dealt.directory / "recovered" / "custody") == []


def test_a_killed_ceremony_is_resumed(shares):
    process = subprocess.Popen(shares.command("root", shares.root(), shares.custody.secrets_to_make()),
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    transcript = shares.directory / "root.unfinished" / "bundle" / "transcript.jsonl"
    wait_until(lambda: transcript.exists() and '"name":"Make the key"' in transcript.read_text(), "the key is made")
    process.send_signal(signal.SIGKILL)
    assert process.wait() == -signal.SIGKILL
    assert not (shares.directory / "root").exists()
    said = shares.refuse("root", shares.root(), shares.custody.secrets_to_make())
    assert "an attempt that ended in step \"Make the key\"" in said and "--resume" in said
    shares.hold("root", shares.root(), shares.custody.secrets_to_make(), "--resume")
    assert shares.transcript("root")[1]["event"] == "ceremony.resumed"
    assert not (shares.directory / "root.unfinished").exists()
    run([shares.root_program, "replay", shares.bundle("root")])


# A private view of the file system: what is mounted in it is gone when the process ends.
ON_SMALL_DISK = """\
set -eu
mount -t tmpfs -o size=36k,mode=0700 small "$1"
shift
"$@" || status=$?
test -e small/root.unfinished && test ! -e small/root
exit ${status:-0}
"""


def test_a_full_medium_leaves_no_output(shares):
    (shares.directory / "small").mkdir()
    arguments = shares.command("root", shares.root(), shares.custody.secrets_to_make())
    arguments[arguments.index("--output") + 1] = "small/root"
    unshare = ["unshare", "--mount"] if os.geteuid() == 0 else ["unshare", "--mount", "--map-root-user"]
    done = subprocess.run([*unshare, "sh", "-c", ON_SMALL_DISK, "sh", "small", *arguments], text=True,
                          capture_output=True, cwd=shares.directory, check=False)
    assert done.returncode == 1, done.stdout + done.stderr
    assert "No space left on device" in done.stderr
    assert "small/root was not made" in done.stderr


def test_destruction_of_shares(dealt):
    copies = dealt.custody.copies + [{"form": "backup", "where": "safe 2, bag 17", "holder": "Dan Doe"}]
    present = {f"copy.present.{number}": initials for number, initials in enumerate(("FF", "GG", "HH", "DD"), 1)}
    destroyed = {"copy.destroyed.4": "DD"}
    missing = {**present, "copy.present.4": "XX"}
    said = dealt.refuse("absent", dealt.destroy(copies=copies), dealt.custody.secrets_to_use(), more=missing)
    assert "those are not the initials of Dan Doe" in said
    assert len(os.listdir(dealt.directory / "root" / "custody")) == 3
    dealt.hold("end", dealt.destroy(copies=copies), dealt.custody.secrets_to_use(), more=present | destroyed)
    assert os.listdir(dealt.directory / "root" / "custody") == []
    assert [line["data"]["holder"] for line in dealt.transcript("end") if line["event"] == "key.destroyed"] == [
        "Flo Ford", "Gil Gray", "Hal Hill", "Dan Doe"]
    run([dealt.root_program, "replay", dealt.bundle("end")])
    said = dealt.refuse("after", dealt.intermediate(), dealt.custody.secrets_to_use())
    assert "root.1.share" in said


def test_destruction_names_every_copy_it_uses(dealt):
    copies = [copy | {"where": copy["where"].replace("root.1", "root.4")} for copy in dealt.custody.copies]
    said = dealt.refuse("end", dealt.destroy(copies=copies), dealt.custody.secrets_to_use())
    assert "copies does not name the share root/custody/root.1.share" in said


def test_a_destruction_of_fewer_copies_than_it_says_is_refused(dealt):
    """One officer with one share, counted three times; and others who hold what is not theirs."""
    one, two, three = dealt.custody.copies
    secrets = dealt.custody.secrets_to_use()
    said = dealt.refuse("thrice", dealt.destroy(copies=[one, one, three]), secrets)
    assert "root/custody/root.1.share is named twice" in said
    said = dealt.refuse("alone", dealt.destroy(copies=[each | {"holder": OFFICERS[0]} for each in (one, two, three)]), secrets)
    assert "only 1 person holds them" in said
    said = dealt.refuse("absent", dealt.destroy(copies=[one, two | {"holder": "Mal Ory"}, three]), secrets)
    assert "Mal Ory has no role" in said
    assert sorted(os.listdir(dealt.directory / "root" / "custody")) == [f"root.{number}.share" for number in (1, 2, 3)]


# Rehearsals.

def test_a_rehearsal_is_no_ceremony(shares):
    secrets = shares.custody.secrets_to_make()
    shares.hold("root", shares.root(), secrets, command="rehearse")
    bundle, custody = shares.bundle("root"), shares.directory / "root" / "custody"
    files = os.listdir(bundle) + os.listdir(custody)
    assert len(files) == 7
    assert [name for name in files if not name.startswith("REHEARSAL-")] == []
    assert (bundle / "REHEARSAL-root.pem").read_text().startswith("-----BEGIN REHEARSAL CERTIFICATE-----\n")
    assert shares.transcript("root", prefix="REHEARSAL-")[0]["data"]["rehearsal"] is True
    with pytest.raises(Exception, match="unable|Could not"):
        openssl("x509", "-in", bundle / "REHEARSAL-root.pem", "-noout")
    new = shares.custody.secrets_to_use() | {"new_key": ONLINE_PASSPHRASE}
    shares.hold("i1", shares.intermediate(), new, command="rehearse")
    shares.refuse("earnest", shares.intermediate(), new)
