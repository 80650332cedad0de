#!/usr/bin/python3
"""Makes RULE/fail.pem for each lint, and RULE/pass.pem where the OpenSSL chain beside this file does not show the rule at its limit.

generate_fixtures.py KEYS: called by generate.sh, which made the chain and keeps its keys in the folder KEYS. Each file is one of that
chain's certificates taken apart, changed in one place, put together and signed again: by this script's own DER, and the signatures by
python3-cryptography, so that nothing of Chancery has a part in it.
"""
import datetime
import hashlib
import os
import sys

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509 import load_pem_x509_certificate

KEYS = sys.argv[1] if len(sys.argv) == 2 else sys.exit(__doc__)
ISSUER = {"root": "root", "intermediate": "root", "constrained": "root", "cross": "root", "leaf": "intermediate"}


# --- DER, written and taken apart

def der(tag, *parts):
    content = b"".join(parts)
    size = len(content)
    length = bytes([size]) if size < 128 else (lambda b: bytes([0x80 | len(b)]) + b)(size.to_bytes((size.bit_length() + 7) // 8, "big"))
    return bytes([tag]) + length + content


def seq(*parts):
    return der(0x30, *parts)


def elements(content):
    """The elements that stand one after another in `content`, whole."""
    found = []
    while content:
        size, head = content[1], 2
        if size & 0x80:
            head = 2 + (size & 0x7f)
            size = int.from_bytes(content[2:head], "big")
        found.append(content[:head + size])
        content = content[head + size:]
    return found


def inside(element):
    """The content of one element."""
    head = 2 + (element[1] & 0x7f if element[1] & 0x80 else 0)
    return element[head:]


def oid(dotted):
    numbers = [int(n) for n in dotted.split(".")]
    out = bytes([40 * numbers[0] + numbers[1]])
    for number in numbers[2:]:
        octets = [number & 0x7f]
        while number := number >> 7:
            octets.append(number & 0x7f | 0x80)
        out += bytes(reversed(octets))
    return der(6, out)


def utc(text):
    return der(0x17, text.encode())


def seconds_after(text, seconds):
    time = datetime.datetime.strptime(text, "%y%m%d%H%M%SZ") + datetime.timedelta(seconds=seconds)
    return time.strftime("%y%m%d%H%M%SZ")


def extension(dotted, value, critical=False):
    return seq(oid(dotted), der(1, b"\xff") if critical else b"", der(4, value))


SKI, KEY_USAGE, SAN, BASIC, CRL_NUMBER, REASON = "2.5.29.14", "2.5.29.15", "2.5.29.17", "2.5.29.19", "2.5.29.20", "2.5.29.21"
DELTA, IDP, CONSTRAINTS, CRLDP, POLICIES = "2.5.29.27", "2.5.29.28", "2.5.29.30", "2.5.29.31", "2.5.29.32"
AKI, EKU = "2.5.29.35", "2.5.29.37"
AIA = "1.3.6.1.5.5.7.1.1"
ECDSA_SHA1, ECDSA_SHA256, ECDSA_SHA384 = (seq(oid("1.2.840.10045.4." + n)) for n in ("1", "3.2", "3.3"))
HASHES = {ECDSA_SHA1: hashes.SHA1, ECDSA_SHA256: hashes.SHA256, ECDSA_SHA384: hashes.SHA384}
SERVER, CLIENT, CODE = (oid("1.3.6.1.5.5.7.3." + n) for n in "123")


def key(name):
    with open(os.path.join(KEYS, name + ".key"), "rb") as file:
        return serialization.load_pem_private_key(file.read(), None)


def spki_of(path):
    with open(path, "rb") as file:
        public = serialization.load_pem_public_key(file.read())
    return public.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)


def key_identifier(spki):
    return hashlib.sha1(inside(elements(inside(spki))[1])[1:]).digest()


class Certificate:
    """A certificate of the chain, each field open to changes."""

    def __init__(self, name, issuer=None):
        with open(name + ".pem", "rb") as file:
            whole = load_pem_x509_certificate(file.read()).public_bytes(serialization.Encoding.DER)
        fields = elements(inside(elements(inside(whole))[0]))
        self.version, self.serial, self.algorithm, self.issuer, self.validity, self.subject, self.spki = fields[:7]
        self.unique_ids = b""
        self.extensions = elements(inside(inside(fields[7])))
        self.signer = issuer or ISSUER[name]
        self.outer_algorithm = None

    def times(self, start, end):
        self.validity = seq(utc(start), utc(end))

    def lifetime(self, start, seconds):
        self.times(start, seconds_after(start, seconds - 1))

    def set(self, dotted, value=None, critical=False):
        """Replaces the extension where it stands, adds it at the end, or removes it (no value)."""
        new = [] if value is None else [extension(dotted, value, critical)]
        for place, each in enumerate(self.extensions):
            if elements(inside(each))[0] == oid(dotted):
                self.extensions[place:place + 1] = new
                return
        self.extensions += new

    def value(self, dotted):
        for each in self.extensions:
            if elements(inside(each))[0] == oid(dotted):
                return inside(elements(inside(each))[-1])
        raise KeyError(dotted)

    def key_of(self, spki):
        self.spki = spki
        self.set(SKI, der(4, key_identifier(spki)))

    def to_der(self):
        tbs = seq(self.version, self.serial, self.algorithm, self.issuer, self.validity, self.subject, self.spki, self.unique_ids,
                  der(0xa3, seq(*self.extensions)) if self.extensions else b"")
        return signed(tbs, self.algorithm, self.signer, self.outer_algorithm)


def signed(tbs, algorithm, signer, outer=None):
    signature = key(signer).sign(tbs, ec.ECDSA(HASHES[algorithm]()))
    return seq(tbs, outer or algorithm, der(3, b"\0" + signature))


# Of two certificates that are revoked: before the list before, and since.
OLD, NEW = bytes.fromhex("01d1f3a86e0b5c4729e8b4706a93d25fe1"), bytes.fromhex("016c20fb94e7318ad55f0e92c7b846a13d")


class List:
    """A revocation list of the root's, each field open to changes."""

    def __init__(self):
        root = Certificate("root")
        self.algorithm, self.issuer = ECDSA_SHA384, root.subject
        self.this_update, self.next_update = "260701000000Z", "260801000000Z"
        self.version = der(2, b"\x01")
        self.entries = [self.entry(OLD, "260531120000Z"), self.entry(NEW, "260630120000Z", der(0x0a, b"\x04"))]
        self.extensions = [extension(AKI, seq(der(0x80, inside(root.value(SKI))))), extension(CRL_NUMBER, der(2, b"\x07"))]

    @staticmethod
    def entry(serial, when, reason=None):
        return seq(der(2, serial), utc(when), seq(extension(REASON, reason)) if reason else b"")

    def to_der(self):
        tbs = seq(self.version, self.algorithm, self.issuer, utc(self.this_update), utc(self.next_update) if self.next_update else b"",
                  seq(*self.entries), der(0xa0, seq(*self.extensions)) if self.extensions else b"")
        return signed(tbs, self.algorithm, "root")


def write(rule, name, content, label):
    import base64
    os.makedirs(rule, exist_ok=True)
    text = base64.b64encode(content).decode()
    lines = [text[i:i + 64] for i in range(0, len(text), 64)]
    with open(f"{rule}/{name}.pem", "w", encoding="ascii") as file:
        file.write("\n".join([f"-----BEGIN {label}-----", *lines, f"-----END {label}-----", ""]))


def certificate(rule, base, change, name="fail", issuer=None):
    made = Certificate(base, issuer)
    made.serial = der(2, b"\x01" + hashlib.sha256(f"{rule}/{name}".encode()).digest()[:16])
    change(made)
    write(rule, name, made.to_der(), "CERTIFICATE")


def crl(rule, change, name="fail"):
    made = List()
    change(made)
    write(rule, name, made.to_der(), "X509 CRL")


# --- the changes

def name_of(*attributes):
    """attributes: (type, string tag, value)"""
    return seq(*(der(0x31, seq(oid("2.5.4." + kind), der(tag, value.encode()))) for kind, tag, value in attributes))


def printable_again(name):
    """The same name with PrintableString for UTF8String."""
    if name[0] & 0x20:
        return der(name[0], *(printable_again(each) for each in elements(inside(name))))
    return der(0x13, inside(name)) if name[0] == 0x0c else name


def uris(*names):
    return seq(seq(der(0xa0, der(0xa0, *(der(0x86, name.encode()) for name in names)))))


def attribute(name, value):
    return lambda made: setattr(made, name, value)


def rfc5280():
    certificate("rfc5280.authority_key_identifier", "leaf", lambda c: c.set(AKI, seq(der(0x80, bytes(20)))))
    certificate("rfc5280.ca_key_usage", "intermediate", lambda c: c.set(KEY_USAGE, bytes.fromhex("03020204"), True))
    certificate("rfc5280.extension_criticality", "leaf", lambda c: c.set(SKI, c.value(SKI), True))
    certificate("rfc5280.issuer_name", "leaf", lambda c: setattr(c, "issuer", printable_again(c.issuer)))
    certificate("rfc5280.leaf_basic_constraints", "leaf", lambda c: c.set(BASIC, bytes.fromhex("30030101ff")))
    certificate("rfc5280.leaf_extended_key_usage", "leaf", lambda c: c.set(EKU, seq(SERVER, oid("2.5.29.37.0"))))
    certificate("rfc5280.leaf_key_usage", "leaf", lambda c: c.set(KEY_USAGE, bytes.fromhex("030205a0"), True))

    def constrained(name):
        def change(made):
            issuer = Certificate("constrained")
            made.issuer = issuer.subject
            made.subject = name_of(("3", 0x0c, name))
            made.set(AKI, seq(der(0x80, inside(issuer.value(SKI)))))
            made.set(SAN, seq(der(0x82, name.encode()), der(0x87, bytes([10, 0, 0, 1]))))
        return change
    certificate("rfc5280.permitted_names", "leaf", constrained("web.example"), "pass", "constrained")
    certificate("rfc5280.permitted_names", "leaf", constrained("web.elsewhere.example"), "fail", "constrained")
    certificate("rfc5280.pointer_uris", "leaf", lambda c: c.set(CRLDP, uris("https://ca.example/intermediate.crl")))
    certificate("rfc5280.root_basic_constraints", "root", lambda c: c.set(BASIC, bytes.fromhex("30060101ff020103"), True))
    certificate("rfc5280.root_self_issued", "root", lambda c: setattr(c, "issuer", printable_again(c.issuer)))
    certificate("rfc5280.serial_number", "leaf", attribute("serial", der(2, bytes.fromhex("5bd9027ce8a4f361"))))
    certificate("rfc5280.serial_number", "leaf", attribute("serial", der(2, bytes.fromhex("7f" + "5bd9027ce8a4f36118cb3d90e7742fa6a1b2c3"))), "pass")
    certificate("rfc5280.signature_algorithm", "leaf", attribute("algorithm", ECDSA_SHA1))
    certificate("rfc5280.subject_alternative_name", "leaf", lambda c: c.set(SAN, c.value(SAN), True))
    certificate("rfc5280.subject_key_identifier", "leaf", lambda c: c.set(SKI, der(4, bytes(20))))
    certificate("rfc5280.subject_name", "leaf", lambda c: setattr(c, "subject", printable_again(c.subject)))
    certificate("rfc5280.unique_extensions", "leaf", lambda c: c.extensions.append(extension(SKI, c.value(SKI))))
    certificate("rfc5280.unique_identifiers", "leaf", attribute("unique_ids", der(0x81, b"\0\x01")))
    certificate("rfc5280.validity_order", "leaf", lambda c: c.times("260601000000Z", "260531235958Z"))
    certificate("rfc5280.validity_within_issuer", "leaf", lambda c: c.times("301201000000Z", "310101000000Z"))
    certificate("rfc5280.validity_within_issuer", "leaf", lambda c: c.times("301201000000Z", "301231235959Z"), "pass")


def house():
    certificate("house.ca_horizon", "root", lambda c: c.lifetime("260131000001Z", 3652 * 86400))
    certificate("house.ca_horizon", "root", lambda c: c.lifetime("260131000000Z", 3652 * 86400), "pass")
    certificate("house.ca_lifetime", "intermediate", lambda c: c.lifetime("260101000000Z", 1827 * 86400 + 1))
    certificate("house.ca_lifetime", "intermediate", lambda c: c.lifetime("260101000000Z", 1827 * 86400), "pass")
    certificate("house.canonical_extensions", "intermediate", lambda c: c.set(EKU, seq(SERVER, CLIENT, oid("1.2.3.4"))))
    certificate("house.common_name", "leaf", attribute("subject", name_of(("3", 0x0c, "other.example"))))
    certificate("house.intermediate_basic_constraints", "intermediate", lambda c: c.set(BASIC, bytes.fromhex("30060101ff020101"), True))
    certificate("house.intermediate_extended_key_usage", "intermediate", lambda c: c.set(EKU, seq(SERVER, CLIENT, CODE)))
    certificate("house.intermediate_pointers", "intermediate", lambda c: c.set(AIA))
    certificate("house.known_extensions", "leaf", lambda c: c.set(POLICIES, seq(seq(oid("2.23.140.1.2.1")))))
    certificate("house.leaf_lifetime", "leaf", lambda c: c.lifetime("260102000000Z", 398 * 86400 + 1))
    certificate("house.leaf_lifetime", "leaf", lambda c: c.lifetime("260102000000Z", 398 * 86400), "pass")
    certificate("house.lifetime_schedule", "leaf", lambda c: c.lifetime("260601000000Z", 200 * 86400 + 1))
    certificate("house.lifetime_schedule", "leaf", lambda c: c.lifetime("260601000000Z", 200 * 86400), "pass")

    def permitted_only(made):
        made.set(CONSTRAINTS, seq(der(0xa0, seq(der(0x82, b"web.example")), seq(der(0x87, bytes([10, 0, 0, 0, 255, 0, 0, 0]))))), True)
    certificate("house.name_constraints", "constrained", permitted_only)
    certificate("house.not_before", "leaf", lambda c: None)
    weak = spki_of("../crypto/rsa2048-roca.pub.pem")
    certificate("house.public_key", "leaf", lambda c: c.key_of(weak))
    strong = spki_of("../crypto/rsa3072.pub.pem")
    certificate("house.public_key", "leaf", lambda c: c.key_of(strong), "pass")

    def without_pointers(seconds):
        def change(made):
            made.set(CRLDP)
            made.lifetime("260601000000Z", seconds)
        return change
    certificate("house.revocation_pointer", "leaf", without_pointers(7 * 86400 + 1))
    certificate("house.revocation_pointer", "leaf", without_pointers(7 * 86400), "pass")
    certificate("house.root_extensions", "root", lambda c: c.set(EKU, seq(SERVER)))
    certificate("house.serial_entropy", "leaf", attribute("serial", der(2, bytes.fromhex("01" + 12 * "00" + "00001f2a"))))
    certificate("house.signature_fits_key", "intermediate", attribute("algorithm", ECDSA_SHA256))
    ids = [der(0x86, f"spiffe://chancery.example/{name}".encode()) for name in ("web", "other")]
    certificate("house.spiffe_id", "leaf", lambda c: c.set(SAN, seq(der(0x82, b"web.example"), *ids)))
    root = (("6", 0x13, "CH"), ("10", 0x0c, "Example"))
    certificate("house.subject_differs", "intermediate", attribute("subject", name_of(*root, ("3", 0x0c, "EXAMPLE  root"))))
    certificate("house.subject_differs", "intermediate", attribute("subject", name_of(*root, ("3", 0x0c, "Example Root 2"))), "pass")


def cross():
    certificate("cross.basic_constraints", "cross", lambda c: c.set(BASIC, c.value(BASIC)))
    certificate("cross.extended_key_usage", "cross", lambda c: c.set(EKU))
    certificate("cross.not_after", "cross", lambda c: c.times("340101000000Z", "350101000000Z"))
    certificate("cross.not_after", "cross", lambda c: c.times("340101000000Z", "341231235959Z"), "pass")
    certificate("cross.not_before", "cross", lambda c: c.times("241231235959Z", "291231235958Z"))
    other = Certificate("intermediate").spki
    certificate("cross.public_key", "cross", attribute("spki", other))
    certificate("cross.subject", "cross", lambda c: setattr(c, "subject", printable_again(c.subject)))
    certificate("cross.subject_key_identifier", "cross", lambda c: c.set(SKI, der(4, bytes(20))))
    certificate("cross.target_in_force", "cross", lambda c: c.times("350101000000Z", "351231235959Z"))
    certificate("cross.target_in_force", "cross", lambda c: c.times("341231235959Z", "341231235959Z"), "pass")


def lists():
    crl("crl", lambda c: None, "pass")
    crl("crl.authority_key_identifier", lambda c: c.extensions.__setitem__(0, extension(AKI, seq(der(0x80, bytes(20))))))
    crl("crl.entry_dates", lambda c: c.entries.append(c.entry(b"\x02" + NEW[1:], "260701000001Z")))
    crl("crl.extension_criticality", lambda c: c.extensions.__setitem__(1, extension(CRL_NUMBER, der(2, b"\x07"), True)))
    crl("crl.issuer", lambda c: setattr(c, "issuer", printable_again(c.issuer)))

    def shard(number):
        point = der(0xa0, der(0xa0, der(0x86, f"http://ca.example/{number}.crl".encode())))
        return lambda c: c.extensions.append(extension(IDP, seq(point), True))
    crl("crl.issuing_distribution_point", shard(8))
    crl("crl.issuing_distribution_point", shard(7), "pass")
    crl("crl.known_extensions", lambda c: c.extensions.append(extension("1.2.3.4", seq())))
    crl("crl.next_update", attribute("next_update", seconds_after("260701000000Z", 365 * 86400 + 1)))
    crl("crl.next_update", attribute("next_update", seconds_after("260701000000Z", 365 * 86400)), "pass")
    crl("crl.number", lambda c: c.extensions.pop())

    def earlier(until, number=b"\x06"):
        def change(made):
            made.this_update, made.next_update = "260601000000Z", until
            made.entries = [made.entry(OLD, "260531120000Z")]
            made.extensions[1] = extension(CRL_NUMBER, der(2, number))
        return change

    def second(serial, when, reason=None):
        return lambda made: setattr(made, "entries", [made.entry(OLD, "260531120000Z"), made.entry(serial, when, reason)])
    crl("crl.number_step", earlier("260801000000Z", b"\x05"), "previous-fail")
    crl("crl.overlap", earlier("260630235959Z"), "previous-fail")
    crl("crl.prompt_reissue", second(NEW, "260524120000Z"))  # a week before the list before, which lacks it
    crl("crl.prompt_reissue", second(NEW, "260630000000Z"), "pass")
    crl("crl.reason_code", second(NEW, "260630120000Z", der(0x0a, b"\0")))
    crl("crl.reissue_margin", earlier(seconds_after("260601000000Z", 30 * 86400 * 10 // 9 - 1)), "previous-fail")
    crl("crl.reissue_margin", earlier(seconds_after("260601000000Z", 30 * 86400 * 10 // 9)), "previous-pass")
    crl("crl.root_serial", second(inside(Certificate("root").serial), "260630120000Z"))
    crl("crl.serial_length", second(bytes.fromhex("40ff"), "260630120000Z"))
    crl("crl.serial_length", second(bytes.fromhex("40ff0315267a8b9c"), "260630120000Z"), "pass")
    crl("crl.signature_algorithm", attribute("algorithm", ECDSA_SHA1))
    crl("crl.this_update", lambda c: None)


def unreadable():
    """What no parser of Chancery's reads."""
    write("parser.der", "fail", Certificate("leaf").to_der()[:-10], "CERTIFICATE")
    certificate("parser.algorithms_differ", "leaf", attribute("outer_algorithm", ECDSA_SHA384))
    certificate("parser.certificate", "leaf", attribute("issuer", der(0x31)))
    certificate("parser.extension", "leaf", lambda c: c.set(EKU, seq()))
    certificate("parser.public_key", "leaf", lambda c: c.key_of(compressed()))
    certificate("parser.serial_number", "leaf", attribute("serial", der(2, bytes.fromhex("ff5bd9027ce8a4f36118cb3d90e7742fa6"))))
    certificate("parser.time", "leaf", attribute("validity", seq(der(0x18, b"20260601000000Z"), utc("260829235959Z"))))
    certificate("parser.version", "leaf", attribute("version", der(0xa0, der(2, b"\x01"))))
    wrong = Certificate("leaf")
    wrong.signer = "leaf"
    write("chain.signature", "fail", wrong.to_der(), "CERTIFICATE")


    def version_1(made):
        made.version, made.extensions = b"", []
    crl("parser.crl", attribute("issuer", der(0x31)))
    crl("parser.crl_critical_extension", lambda c: c.extensions.append(extension("1.2.3.4", seq(), True)))
    crl("parser.crl_empty", attribute("entries", []))
    crl("parser.crl_next_update", attribute("next_update", None))
    crl("parser.crl_number", lambda c: c.extensions.__setitem__(1, extension(CRL_NUMBER, der(2, b"\0\x80" + bytes(19)))))
    crl("parser.crl_number", lambda c: c.extensions.__setitem__(1, extension(CRL_NUMBER, der(2, b"\x7f" + 19 * b"\xff"))), "pass")
    crl("parser.crl_partial", lambda c: c.extensions.append(extension(DELTA, der(2, b"\x06"), True)))
    crl("parser.crl_repeated_serial", lambda c: c.entries.append(c.entries[0]))
    crl("parser.crl_version", version_1)
    with open("leaf.pem", encoding="ascii") as file:
        text = file.read()
    os.makedirs("parser.explanatory_text", exist_ok=True)
    with open("parser.explanatory_text/fail.txt", "w", encoding="ascii") as file:
        file.write("Subject: CN = web.example\n" + text)


def compressed():
    """An SPKI that OpenSSL made with a compressed point (../crypto/generate)."""
    import base64
    with open("../crypto/p256-compressed.pub.pem", encoding="ascii") as file:
        return base64.b64decode("".join(line for line in file if "-----" not in line))


def requests():
    """Of the leaf's key: a sound one, and one whose signature is another's."""
    spki = Certificate("leaf").spki
    names = seq(oid("1.2.840.113549.1.9.14"), der(0x31, seq(extension(SAN, seq(der(0x82, b"web.example"))))))
    info = seq(der(2, b"\0"), name_of(("3", 0x0c, "web.example")), spki, der(0xa0, names))
    write("parser.request", "pass", signed(info, ECDSA_SHA256, "leaf"), "CERTIFICATE REQUEST")
    write("parser.request", "fail", signed(info, ECDSA_SHA256, "intermediate"), "CERTIFICATE REQUEST")


def main():
    for part in (rfc5280, house, cross, lists, unreadable, requests):
        part()


if __name__ == "__main__":
    main()
