"""The chain that a service serves, shown to four implementations other than Chancery's own."""
from stack.processes import StackError, run

END = "-----END CERTIFICATE-----\n"


def _files(scene, name):
    """The installed certificate of site `name`, taken apart as each tool wants it: (leaf, intermediates, everything)."""
    served = (scene.service.directory(name) / "current" / "certificate.pem").read_text()
    leaf, intermediates = served.split(END, 1)
    folder = scene.directory / f"chain-{name}"
    folder.mkdir(exist_ok=True)
    texts = {"leaf.pem": leaf + END, "intermediates.pem": intermediates, "whole.pem": served + scene.hierarchy.root.read_text()}
    for file, text in texts.items():
        (folder / file).write_text(text)
    return [folder / file for file in texts]


def _commands(scene, name):
    leaf, intermediates, whole = _files(scene, name)
    root, host, port = scene.hierarchy.root, scene.service.hosts[name], scene.service.port
    return {
        "openssl verify": ["openssl", "verify", "-x509_strict", "-purpose", "sslserver", "-verify_hostname", host,
                           "-CAfile", root, "-untrusted", intermediates, leaf],
        "certtool --verify-chain": ["certtool", "--verify-chain", "--infile", whole],
        "botan cert_verify": ["botan", "cert_verify", leaf, intermediates, root],
        "curl": ["curl", "--silent", "--show-error", "--fail", "--noproxy", "*", "--cacert", root,
                 "--resolve", f"{host}:{port}:127.0.0.1", f"https://{host}:{port}/"],
    }


def accepted_by(scene, name):
    """[(tool, does it accept the chain that site `name` serves, its words)]."""
    results = []
    for tool, command in _commands(scene, name).items():
        try:
            words = run(command)
            # botan's exit status is 0 either way; its words decide.
            results.append((tool, not tool.startswith("botan") or "passes validation" in words, words.strip()))
        except StackError as error:
            results.append((tool, False, str(error)))
    return results
