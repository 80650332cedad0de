"""Certificate requests and JSON bodies that must be refused, clearly, and change nothing."""
import json

import pytest

import broken_requests
from stack.rest import data, refusal

HOST = "bad.test.internal"


@pytest.fixture(scope="module")
def token(workshop):
    return workshop.operator.enroll("bad", [f"dns:{HOST}"], lifetime="1h")


@pytest.fixture
def unchanged(workshop):
    """The store holds the same after the test as before it."""
    before = workshop.ledger.contents()
    yield
    assert workshop.ledger.contents() == before


@pytest.mark.parametrize("fault", broken_requests.faults(HOST))
def test_a_faulty_request_is_refused(workshop, token, unchanged, fault):
    csr, word = broken_requests.faults(HOST)[fault]
    response = workshop.anybody.request_certificate(csr, token)
    if fault == "RSA of 1024 bits":  # well-formed: it is the policy that says no
        assert word in refusal(response, 403, "ForbiddenError")
    else:
        assert word in refusal(response, 400, "ValidationError")


def test_the_limit_of_a_request_s_size(workshop, token, unchanged):
    message = refusal(workshop.anybody.request_certificate(broken_requests.oversize(), token), 413, "PayloadTooLargeError")
    assert "16" in message


def test_a_thousand_names_are_refused(workshop, token, unchanged):
    assert "100" in refusal(workshop.anybody.request_certificate(broken_requests.many_names(1000), token), 400, "ValidationError")


@pytest.mark.parametrize("count,status,kind", [(100, 403, "ForbiddenError"), (101, 400, "ValidationError")])
def test_the_limit_of_names(workshop, token, unchanged, count, status, kind):
    """One hundred are judged by the policy, which allows ten; one more is not even read."""
    refusal(workshop.anybody.request_certificate(broken_requests.many_names(count), token), status, kind)


@pytest.mark.parametrize("profile_max,status", [(10, 201), (11, 403)])
def test_the_limit_of_names_of_the_profile(workshop, profile_max, status):
    names = [f"dns:{workshop.host()}" for _ in range(profile_max)]
    response = workshop.operator.request_certificate(workshop.request(*names), profile="service", identity="many")
    assert response.status_code == status
    if status == 403:
        assert "names.max" in refusal(response, 403, "ForbiddenError") and "service.yaml:" in response.text


def test_names_outside_the_token_are_refused_each_with_its_rule(workshop, token, unchanged):
    csr = workshop.request(f"dns:{HOST}", "dns:other.test.internal", "dns:www.outside.org")
    message = refusal(workshop.anybody.request_certificate(csr, token), 403, "ForbiddenError")
    assert "names.bound" in message and "other.test.internal" in message
    assert "dns.allowed" in message and "www.outside.org" in message and "service.yaml:" in message


def test_names_outside_the_policy_are_refused_to_operators_too(workshop, unchanged):
    csr = workshop.request("dns:www.outside.org")
    response = workshop.operator.request_certificate(csr, profile="service", identity="outside")
    assert "www.outside.org" in refusal(response, 403, "ForbiddenError")


BODIES = {
    "nothing": "",
    "not JSON": "csr=abc",
    "cut off": '{"csr": "abc',
    "a comma too many": '{"csr": "abc",}',
    "not UTF-8": b'{"csr": "\xff\xfe"}',
    "an array": '["csr"]',
    "a number": "42",
    "null": "null",
    "the wrong type": '{"csr": 42}',
    "an object for a string": '{"csr": {"pem": "abc"}}',
    "an array for a string": '{"csr": ["abc"]}',
    "null for a string": '{"csr": null}',
    "an unknown member": '{"csr": "abc", "issuer": "me"}',
    "a member twice": '{"csr": "abc", "csr": "abc"}',
    "a NUL": '{"csr": "a\\u0000c"}',
    "a lone surrogate": '{"csr": "\\ud800"}',
    "infinity": '{"csr": 1e999}',
    "two values": '{"csr": "abc"} {}',
    "deeply nested arrays": '{"csr": ' + "[" * 20000 + "]" * 20000 + "}",
    "deeply nested objects": '{"csr": ' + '{"a":' * 9000 + "1" + "}" * 9000 + "}",
    "very many members": json.dumps({f"m{number}": 1 for number in range(4000)}),
    "no request": "{}",
}


# What the answer says to each; the others are a syntax error at a byte.
WORDS = {
    "an array": "must be an object, not array", "a number": "must be an object, not number", "null": "must be an object, not null",
    "the wrong type": "/csr must be a string, not number", "an object for a string": "/csr must be a string, not object",
    "an array for a string": "/csr must be a string, not array", "null for a string": "/csr must be a string, not null",
    "an unknown member": "known are profile, identity, csr", "a member twice": 'the member "csr" is given twice',
    "a NUL": "/csr must not contain NUL", "deeply nested arrays": "nested deeper than 16 levels",
    "deeply nested objects": "nested deeper than 16 levels", "very many members": "more than 1024 members",
    "no request": "/csr is missing",
}


@pytest.mark.parametrize("fault", BODIES)
def test_a_faulty_body_is_refused(workshop, token, unchanged, fault):
    response = workshop.anybody.post("/v1/certificates", raw=BODIES[fault], token=token)
    assert WORDS.get(fault, "a syntax error at byte") in refusal(response, 400, "ValidationError")


@pytest.mark.parametrize("body", [{"identity": 1}, {"identity": "x", "profile": "service", "names": "dns:x"},
                                  {"identity": "x", "profile": "service", "names": [1]},
                                  {"identity": "x", "profile": "service", "names": ["dns:x.internal"], "uses": "1"},
                                  {"identity": "x", "profile": "service", "names": ["dns:x.internal"], "uses": 0},
                                  {"identity": "x", "profile": "service", "names": ["dns:x.internal"], "uses": 1001},
                                  {"identity": "x", "profile": "service", "names": ["dns:x.internal"], "lifetime": "59s"},
                                  {"identity": "x", "profile": "service", "names": ["dns:x.internal"], "lifetime": "8d"},
                                  {"identity": "x", "profile": "service", "names": ["x.internal"]},
                                  {"identity": "x y", "profile": "service", "names": ["dns:x.internal"]},
                                  {"identity": "x", "profile": "service", "names": []}], ids=str)
def test_a_faulty_enrolment_is_refused(workshop, unchanged, body):
    refusal(workshop.operator.post("/v1/enrollments", body), 400, "ValidationError")


def test_a_huge_body_is_refused(workshop, token, unchanged):
    body = json.dumps({"csr": "x" * 65536})
    refusal(workshop.anybody.post("/v1/certificates", raw=body, token=token), 413, "PayloadTooLargeError")


@pytest.mark.parametrize("path", ["/nowhere", "/v1", "/v1/certificates/zz/renewal/x", "/" + "a/" * 1500, "/%00", "/" * 3000])
def test_an_unknown_path_is_not_found(workshop, path):
    response = workshop.operator.get(path)
    assert response.status_code in (400, 404) and response.json()["error"]["type"] in ("ValidationError", "NotFoundError")


@pytest.mark.parametrize("serial", ["00", "zz", "1" * 41, "../x", "-1"])
def test_a_serial_that_does_not_exist(workshop, serial):
    response = workshop.operator.get(f"/v1/certificates/{serial}")
    assert response.status_code in (400, 404)


@pytest.mark.parametrize("query", ["limit=0", "limit=1001", "limit=x", "cursor=forged", "status=great", "expires_before=soon",
                                   "colour=red"])
def test_a_faulty_query_is_refused(workshop, query):
    refusal(workshop.operator.get(f"/v1/certificates?{query}"), 400, "ValidationError")


def test_a_wrong_method_is_told_the_right_one(workshop):
    response = workshop.operator.call("DELETE", "/v1/certificates")
    assert response.status_code == 405 and "POST" in response.headers["Allow"]


@pytest.mark.parametrize("key,status", [("k" * 128, 201), ("k" * 129, 400), ("two words", 400)])
def test_the_limit_of_an_idempotency_key(workshop, key, status):
    host = workshop.host()
    token = workshop.operator.enroll(host, [f"dns:{host}"])
    response = workshop.anybody.request_certificate(workshop.request(f"dns:{host}"), token, key)
    assert response.status_code == status


def test_after_all_that_the_token_still_works(workshop, token):
    data(workshop.anybody.request_certificate(workshop.request(f"dns:{HOST}"), token), 201)
