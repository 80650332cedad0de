"""The demo's verdict can be bad: a failed handshake, a missing renewal or a chain of another root is not passed over."""
import datetime
import sys
import types

import pytest

from stack.monitoring import EXPIRY_QUERY
from stack.programs import ROOT
from stack.wire import Seen

sys.path.insert(0, str(ROOT / "tests" / "demo"))
import chain  # noqa: E402
import verdict  # noqa: E402
from story import RENEWALS_WANTED, Story  # noqa: E402


def seen(number):
    now = datetime.datetime.now(datetime.timezone.utc)
    return Seen(f"0{number}", now, now + datetime.timedelta(seconds=89))


@pytest.fixture
def story():
    return Story({"web": "web.test.internal"})


@pytest.fixture
def judged(story, monkeypatch):
    """What the verdict says of the story, if the CA says that it issued `issued`: {what was checked: passed}."""
    monkeypatch.setattr(verdict, "SETTLING", 0)
    monkeypatch.setattr(verdict, "accepted_by", lambda scene, name: [])

    def judge(issued):
        monkeypatch.setattr(verdict, "issued_serials", lambda scene, host: set(issued))
        return {what: passed for _, what, passed, _ in verdict.judge(None, story)}

    return judge


def renewed(story, times):
    for number in range(times + 1):
        story.handshake(story.tracks[0], seen(number))
    track = story.tracks[0]
    track.prometheus_left = 89.0
    return [serial.serial for serial in track.serials]


def test_three_renewals_and_no_failure_pass(story, judged):
    issued = renewed(story, RENEWALS_WANTED)
    assert story.everything_renewed() and all(judged(issued).values())


def test_one_renewal_less_does_not(story, judged):
    issued = renewed(story, RENEWALS_WANTED - 1)
    assert not story.everything_renewed()
    assert [what for what, passed in judged(issued).items() if not passed] == [f"at least {RENEWALS_WANTED} renewals"]


def test_a_certificate_that_no_handshake_has_shown(story, judged):
    issued = renewed(story, RENEWALS_WANTED)
    assert not judged([*issued, "99"])["every certificate issued was seen on the wire"]


def test_a_failed_handshake_counts_from_the_first_certificate_on(story, judged):
    story.failed(story.tracks[0], "connection refused")
    issued = renewed(story, RENEWALS_WANTED)
    assert judged(issued)["no TLS handshake failed"]
    story.failed(story.tracks[0], "connection refused")
    assert not judged(issued)["no TLS handshake failed"]


@pytest.mark.parametrize("left", [None, 28.0])
def test_prometheus_must_know_the_certificate_on_the_wire(story, judged, left):
    issued = renewed(story, RENEWALS_WANTED)
    story.tracks[0].prometheus_left = left
    assert not judged(issued)[f"Prometheus answers {EXPIRY_QUERY}"]


def test_all_four_tools_refuse_a_chain_of_another_root(workshop):
    certificate, _ = workshop.enrolled(workshop.host())
    other = workshop.new_folder()
    chain.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "1",
               "-subj", "/CN=Other", "-keyout", other / "key.pem", "-out", other / "root.pem"])
    installed = other / "web" / "current"
    installed.mkdir(parents=True)
    (installed / "certificate.pem").write_text(certificate["certificate"] + certificate["chain"])
    service = types.SimpleNamespace(hosts={"web": certificate["identity"]}, port=workshop.site.front.port,
                                    directory=lambda name: other / name)

    def accepted(root):
        scene = types.SimpleNamespace(service=service, directory=other, hierarchy=types.SimpleNamespace(root=root))
        return {tool.split()[0] for tool, passed, _ in chain.accepted_by(scene, "web") if passed}

    assert accepted(other / "root.pem") == set()
    assert accepted(workshop.site.hierarchy.root) == {"openssl", "certtool", "botan"}  # curl asks a server of another name
