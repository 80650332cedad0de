"""Each member, parameter, header and method of REST v1 wrong in turn: refused by the rule that docs/reference/rest.md names, at
the place that is wrong, in the envelope; and nothing has changed."""
import json
import re

import pytest

import wrong_values
from stack.rest import data, refusal

OPERATIONS = pytest.mark.parametrize("operation", wrong_values.OPERATIONS, ids=lambda operation: operation.path)
BODY_LIMIT = 64 * 1024


@pytest.fixture(scope="module")
def service(workshop):
    """(certificate, client that has it) of a host."""
    return workshop.enrolled(workshop.host())


@pytest.fixture(scope="module")
def post(workshop, service):
    """Sends text to an operation, as whom it is for; its serial is the host's, its id that of what waits or was enrolled."""
    certificate, host = service
    name = workshop.host()
    waiting = data(workshop.operator.request_certificate(workshop.request(f"dns:{name}"), profile="guarded", identity=name), 202)
    enrolled = data(workshop.operator.post("/v1/enrollments", {"identity": name, "profile": "service", "names": [f"dns:{name}"]}), 201)

    def send(operation, text, **options):
        client = host if operation.path.endswith("/renewal") else workshop.operator
        path = operation.path.replace("{serial}", certificate["serial"])
        path = path.replace("{id}", (enrolled if "/enrollments/" in path else waiting)["id"])
        return client.post(path, raw=text, **options)
    return send


@pytest.fixture
def unchanged(workshop, service):
    before = workshop.ledger.contents()
    yield
    assert workshop.ledger.contents() == before


def expect_rule(response, rule, location=None):
    """The first detail is of this rule, and says where."""
    message = refusal(response, 400, "ValidationError")
    detail = response.json()["error"]["details"][0]
    assert detail["rule"] == rule, response.text
    assert location is None or detail["location"].startswith(location), response.text
    assert detail["message"] and len(message) < 4096


@OPERATIONS
def test_each_member_wrong_in_turn(post, unchanged, operation):
    for member in operation.members:
        for what, literal, rule in wrong_values.faults(member):
            try:
                expect_rule(post(operation, wrong_values.with_member(operation, member, literal).encode()), rule, f"/{member.name}")
            except AssertionError as error:
                raise AssertionError(f"{member.name}: {what}: {error}") from error


@OPERATIONS
def test_each_required_member_missing(post, unchanged, operation):
    for member in operation.members:
        if member.required:
            body = {key: value for key, value in operation.body.items() if key != member.name}
            expect_rule(post(operation, json.dumps(body)), "json.missing", f"/{member.name}")


def test_every_operation_with_a_body_is_here(workshop):
    paths = workshop.anybody.call("GET", "/openapi.json").json()["paths"]
    assert {operation.path for operation in wrong_values.OPERATIONS} == {path for path in paths if "post" in paths[path]}


@pytest.mark.parametrize("operation", [operation for operation in wrong_values.OPERATIONS if operation.members],
                         ids=lambda operation: operation.path)
def test_each_fault_is_named_when_all_are_wrong(post, unchanged, operation):
    response = post(operation, json.dumps({member.name: None for member in operation.members}))
    refusal(response, 400, "ValidationError")
    assert {detail["location"] for detail in response.json()["error"]["details"]} >= {f"/{member.name}" for member in operation.members}


@OPERATIONS
def test_whole_bodies_that_are_wrong(post, unchanged, operation):
    for what, text, rule in wrong_values.body_faults(operation):
        try:
            expect_rule(post(operation, text), rule)
        except AssertionError as error:
            raise AssertionError(f"{what}: {error}") from error


@OPERATIONS
def test_a_member_at_its_limit_is_not_too_long(post, operation):
    """It may be refused for what it says, but not for its length."""
    for member in operation.members:
        if member.kind == "string":
            text = wrong_values.with_member(operation, member, json.dumps("x" * member.limit))
            assert "json.length" not in post(operation, text).text


@OPERATIONS
def test_the_limit_of_a_body(post, unchanged, operation):
    expect_rule(post(operation, b" " * BODY_LIMIT), "json.syntax")
    refusal(post(operation, b" " * (BODY_LIMIT + 1)), 413, "PayloadTooLargeError")


@OPERATIONS
@pytest.mark.parametrize("kind", [None, "text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"])
def test_other_types_of_content_are_refused(post, unchanged, operation, kind):
    response = post(operation, json.dumps(operation.body), headers={"Content-Type": kind})
    assert "application/json" in refusal(response, 400, "ValidationError")


@OPERATIONS
@pytest.mark.parametrize("kind", ["", "json", "/", "application", "application/", "application/jsonx",
                                  "application/json-patch+json"])
def test_types_of_content_that_pistache_cannot_read_are_refused(post, unchanged, operation, kind):
    refusal(post(operation, json.dumps(operation.body), headers={"Content-Type": kind}), 400, "ValidationError")


PAGE = {"limit": ["", "0", "1001", "-1", "x", "1.5", "0x10", " 1", "1e2", "9" * 30], "cursor": ["", "x" * 513]}
CERTIFICATES = {
    "identity": ["", "x" * 129], "profile": ["", "x" * 65], "name": ["", "x" * 513], "status": ["", "Valid", "great", "0"],
    "expires_before": ["", "soon", "2026-13-01T00:00:00Z", "2026-01-01", "2026-01-01T00:00:00+01:00", "-1", "9" * 40],
    "expires_after": ["", "2026-02-30T00:00:00Z", "2026-01-01T00:00:00", "2026-01-01T24:00:00Z"],
    **PAGE,
}
LISTINGS = {
    "/v1/certificates": CERTIFICATES,
    "/v1/enrollments": {"identity": ["", "x" * 129], "profile": ["", "x" * 65], "usable": ["", "false", "1", "True"], **PAGE},
    "/v1/requests": {"identity": ["", "x" * 129], "state": ["", "open", "Pending", "pending,issued"], **PAGE},
    "/v1/certificates/{serial}/lineage": PAGE,
}


@pytest.mark.parametrize(("path", "name"), [(path, name) for path, parameters in LISTINGS.items() for name in parameters])
def test_each_parameter_of_a_listing_wrong_in_turn(workshop, service, unchanged, path, name):
    where = path.replace("{serial}", service[0]["serial"])
    for value in LISTINGS[path][name]:
        response = workshop.operator.call("GET", where, params={name: value})
        expect_rule(response, "query.value", name)
    expect_rule(workshop.operator.get(f"{where}?{name.upper()}=1"), "query.unknown", name.upper())


@pytest.mark.parametrize("query", ["limit=1&limit=1", "limit=1&limit=2", "limit=1&status=valid&l%69mit=1", "x=1&x=1"])
def test_a_parameter_given_twice_is_refused(workshop, unchanged, query):
    expect_rule(workshop.operator.get(f"/v1/certificates?{query}"), "query.repeated")


@pytest.mark.parametrize("cursor", ["forged", "MQ", "AAAA", "!!!", "x" * 512, "%25"])
def test_a_cursor_that_no_answer_gave(workshop, unchanged, cursor):
    assert "cursor" in refusal(workshop.operator.get(f"/v1/certificates?cursor={cursor}"), 400, "ValidationError")


@pytest.mark.parametrize("query", ["%00=1", "limit=1%00", "a=%1b"])
def test_a_query_with_control_characters(workshop, unchanged, query):
    assert "percent-encoded" in refusal(workshop.operator.get(f"/v1/certificates?{query}"), 400, "ValidationError")


def test_the_number_of_parameters(workshop, unchanged):
    sixteen = "&".join(f"p{number}=1" for number in range(16))
    expect_rule(workshop.operator.get(f"/v1/certificates?{sixteen}"), "query.unknown")
    assert "more than 16" in refusal(workshop.operator.get(f"/v1/certificates?{sixteen}&q=1"), 400, "ValidationError")


@pytest.mark.parametrize("serial", ["00", "zz", "0", "1" * 42, "-1", "0x01", "%20", "01%00", "ä", "01ab" * 10 + "0"])
@pytest.mark.parametrize("rest", ["", "/renewal", "/revocation"])
def test_serial_numbers_that_are_none(workshop, unchanged, serial, rest):
    method = "POST" if rest else "GET"
    response = workshop.operator.call(method, f"/v1/certificates/{serial}{rest}", {} if rest else None)
    assert response.status_code in (400, 404) and response.json()["error"]["type"] in ("ValidationError", "NotFoundError")


@pytest.fixture(scope="module")
def methods(workshop):
    """{path: the methods that openapi.json gives it}; what stands in the place of {serial} is a serial number as well."""
    paths = workshop.anybody.call("GET", "/openapi.json").json()["paths"]

    def known(path):
        shapes = [other for other in paths if re.fullmatch(other.replace("{serial}", "[^/]+"), path)]
        return {method.upper() for shape in shapes for method in paths[shape]} & {"GET", "POST", "PUT", "PATCH", "DELETE"}

    return {path: known(path) for path in paths}


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"])
def test_a_method_that_a_path_has_not_is_told_those_it_has(workshop, unchanged, methods, method):
    assert len(methods) >= 12
    for path, known in methods.items():
        if method in known:
            continue
        response = workshop.operator.call(method, path.replace("{serial}", "01ab"), {})
        refusal(response, 405, "ValidationError")
        allowed = set(response.headers["Allow"].split(", "))
        assert allowed == known | ({"HEAD"} if "GET" in known else set()), path


@pytest.mark.parametrize("method", ["TRACE", "CONNECT", "BREW"])
def test_methods_that_nothing_has(workshop, unchanged, method):
    response = workshop.operator.call(method, "/v1/certificates")
    assert response.status_code in (400, 405) and response.json()["error"]["type"] == "ValidationError"


@pytest.mark.parametrize("size,words", [(1024, "unknown"), (1025, "Authorization header is over 1024 octets")])
def test_the_limit_of_the_authorization_header(workshop, unchanged, size, words):
    response = workshop.anybody.get("/v1/expiry", headers={"Authorization": "Bearer ".ljust(size, "A")})
    assert words in refusal(response, *((401, "UnauthorizedError") if size == 1024 else (400, "ValidationError")))


def test_the_limit_of_a_path(workshop, unchanged):
    for size in (1024, 1025):
        refusal(workshop.operator.get("/" + "a" * (size - 1)), 404, "NotFoundError")
