"""Certificate requests that no honest tool makes."""
import base64

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed448, rsa


def pem(der, label="CERTIFICATE REQUEST"):
    lines = base64.encodebytes(der).decode()
    return f"-----BEGIN {label}-----\n{lines}-----END {label}-----\n"


def der(names, key=None, algorithm=hashes.SHA256()):
    """A request for the DNS names `names`, signed by `key` (a new P-256 one)."""
    builder = x509.CertificateSigningRequestBuilder().subject_name(x509.Name([]))
    alternatives = x509.SubjectAlternativeName([x509.DNSName(name) for name in names])
    request = builder.add_extension(alternatives, critical=False).sign(key or ec.generate_private_key(ec.SECP256R1()), algorithm)
    return request.public_bytes(serialization.Encoding.DER)


def many_names(count):
    """`count` names, in less than the 16 KiB that a request may have."""
    return pem(der([f"{number}.a" for number in range(count)]))


def oversize():
    """Few names, but more than 16 KiB."""
    label = "a" * 63
    return pem(der([".".join([f"n{number}", label, label, label]) for number in range(85)]))


def faults(host):
    """{what is wrong: (PEM, a word that the answer must say)} for requests that ask for `host`."""
    good = der([host])
    swapped = bytearray(good)
    swapped[-1] ^= 1
    weak_rsa = rsa.generate_private_key(65537, 1024)
    other_curves = {
        "secp256k1": ec.generate_private_key(ec.SECP256K1()),
        "P-224": ec.generate_private_key(ec.SECP224R1()),
    }
    return {
        "bad signature": (pem(bytes(swapped)), "proof of possession failed"),
        "trailing bytes": (pem(good + b"\0"), "other bytes follow"),
        "trailing element": (pem(good + b"\x05\x00"), "other bytes follow"),
        "truncated": (pem(good[:-1]), "make it anew"),
        "wrong label": (pem(good, "CERTIFICATE"), "CERTIFICATE REQUEST"),
        "private key label": (pem(good, "PRIVATE KEY"), "CERTIFICATE REQUEST"),
        "two requests": (pem(good) + pem(good), "exactly one"),
        "text around it": ("hello " + pem(good), "and nothing else"),
        "no PEM": (base64.b64encode(good).decode(), "CERTIFICATE REQUEST"),
        "not base64": (pem(good).replace("M", "*"), "it is not PEM"),
        "NUL in a name": (pem(der([host + "\0.example"])), "contains a NUL character"),
        "empty name": (pem(der([""])), "it is empty"),
        "Ed448": (pem(der([host], ed448.Ed448PrivateKey.generate(), None)), "use ECDSA or RSA with SHA-2, or Ed25519"),
        "DSA": (pem(der([host], dsa.generate_private_key(2048))), "use ECDSA or RSA with SHA-2, or Ed25519"),
        "RSA of 1024 bits": (pem(der([host], weak_rsa)), "the profile allows only"),
        **{name: (pem(der([host], key)), "of no supported kind") for name, key in other_curves.items()},
    }
