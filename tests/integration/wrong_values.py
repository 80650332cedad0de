"""The members of the request bodies of docs/reference/rest.md, and every way in which one can be wrong."""
import dataclasses
import json


@dataclasses.dataclass
class Member:
    name: str
    limit: int  # octets of a string, entries of a list, or the largest number
    kind: str = "string"  # "string", "integer", "list"
    required: bool = False
    entry_limit: int = 0  # octets of an entry of a list


@dataclasses.dataclass
class Operation:
    path: str  # "{serial}" is a certificate's, "{id}" a request's or an enrolment's
    body: dict  # one that would be accepted
    members: list


CSR = Member("csr", 24 * 1024, required=True)
PROFILE, IDENTITY = Member("profile", 64), Member("identity", 128)
ISSUING = {"csr": "-----", "profile": "service", "identity": "wrong"}
OPERATIONS = [
    Operation("/v1/enrollments",
              {"identity": "wrong", "profile": "service", "names": ["dns:wrong.test.internal"], "uses": 1, "lifetime": "1h"},
              [Member("identity", 128, required=True), Member("profile", 64, required=True),
               Member("names", 100, "list", required=True, entry_limit=512), Member("uses", 1000, "integer"), Member("lifetime", 16)]),
    Operation("/v1/certificates", ISSUING, [CSR, PROFILE, IDENTITY]),
    Operation("/v1/certificates/explain", ISSUING, [CSR, PROFILE, IDENTITY]),
    Operation("/v1/certificates/{serial}/renewal", {"csr": "-----"}, [CSR]),
    Operation("/v1/certificates/{serial}/revocation", {"reason": "superseded", "scope": "lineage"}, [Member("reason", 32), Member("scope", 16)]),
    Operation("/v1/requests/{id}/approval", {}, []),
    Operation("/v1/requests/{id}/rejection", {"reason": "not ordered"}, [Member("reason", 256, required=True)]),
    Operation("/v1/requests/{id}/cancellation", {}, []),
    Operation("/v1/enrollments/{id}/withdrawal", {}, []),
]


def with_member(operation, member, literal):
    """The body as JSON text with `literal` for the member."""
    others = [f"{json.dumps(key)}: {json.dumps(value)}" for key, value in operation.body.items() if key != member.name]
    return "{" + ", ".join([*others, f'"{member.name}": {literal}']) + "}"


def string_faults(limit):
    yield "a number", "42", "json.type"
    yield "a truth", "true", "json.type"
    yield "a list", '["x"]', "json.type"
    yield "an object", '{"x": "y"}', "json.type"
    yield "null", "null", "json.type"
    yield "empty", '""', "json.length"
    yield "one octet over the limit", json.dumps("x" * (limit + 1)), "json.length"
    yield "two octets a character, over the limit", json.dumps("ä" * (limit // 2 + 1), ensure_ascii=False), "json.length"
    yield "a NUL", '"a\\u0000b"', "json.nul"


def integer_faults(limit):
    yield "a number as a string", '"1"', "json.type"
    yield "a fraction", "1.5", "json.type"
    yield "an exponent", "1e2", "json.type"
    yield "a truth", "true", "json.type"
    yield "null", "null", "json.type"
    yield "one too many", str(limit + 1), "json.range"
    yield "none", "0", "json.range"
    yield "negative", "-1", "json.range"
    yield "2^63", str(2 ** 63), "json.range"
    yield "2^64", str(2 ** 64), "json.type"  # JSON parsers make a fraction of it
    yield "the least of 64 bits", str(-2 ** 63), "json.range"


def list_faults(limit, entry_limit):
    yield "a string for a list", '"dns:x.test.internal"', "json.type"
    yield "an object for a list", '{"0": "dns:x.test.internal"}', "json.type"
    yield "null", "null", "json.type"
    yield "no entry", "[]", "json.length"
    yield "one entry over the limit", json.dumps([f"dns:n{number}.test.internal" for number in range(limit + 1)]), "json.length"
    for what, literal, rule in string_faults(entry_limit):
        yield f"{what} as an entry", f'["dns:x.test.internal", {literal}]', rule


def faults(member):
    """(what, JSON literal, rule that refuses it) of every wrong value."""
    if member.kind == "integer":
        return integer_faults(member.limit)
    if member.kind == "list":
        return list_faults(member.limit, member.entry_limit)
    return string_faults(member.limit)


def body_faults(operation):
    """(what, text or bytes, rule) of whole bodies that are wrong whatever the members are."""
    good = json.dumps(operation.body)
    begun = good[:-1] + (", " if operation.body else "")  # ready for one member more
    yield "nothing", b"", "json.syntax"
    yield "white space", b" \n", "json.syntax"
    yield "no JSON", b"csr=x", "json.syntax"
    yield "cut off", good[:-1].encode(), "json.syntax"
    yield "two values", (good + good).encode(), "json.syntax"
    yield "a comment", (good[:-1] + "/* */}").encode(), "json.syntax"
    yield "a byte order mark of UTF-16", good.encode("utf-16"), "json.syntax"
    yield "no UTF-8", begun.encode() + b'"x": "\xc3\x28"}', "json.syntax"
    yield "half a surrogate pair", (begun + '"x": "\\ud800"}').encode(), "json.syntax"
    yield "an infinite number", (begun + '"x": 1e999}').encode(), "json.syntax"
    yield "a list", f"[{good}]".encode(), "json.type"
    yield "a string", json.dumps(good).encode(), "json.type"
    yield "an unknown member", (begun + '"x": 1}').encode(), "json.unknown"
    yield "an unknown member twice", (begun + '"x": 1, "x": 1}').encode(), "json.duplicate"
    for first in list(operation.body)[:1]:
        yield "a member in another case", (begun + f'"{first.upper()}": 1}}').encode(), "json.unknown"
        yield "a member twice", (begun + f'"{first}": "x"}}').encode(), "json.duplicate"
    yield "one level too deep", (begun + '"x": ' + "[" * 16 + "]" * 16 + "}").encode(), "json.depth"
    yield "one member too many", (begun + ", ".join(f'"m{n}": 1' for n in range(1025 - len(operation.body))) + "}").encode(), "json.members"
