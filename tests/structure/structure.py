#!/usr/bin/python3
"""Holds the tree to its architecture: who may include whom, and where each third-party library may be seen.

structure.py ROOT prints every violation as file:line and exits 1 when there is one.
"""
import pathlib
import re
import sys

# The ceremony's rooms; the lower ones stand on all above them.
CUSTODY = ["ca/base", "ca/crypto", "ca/keys", "ca/keys/token", "ca/shares", "ca/ceremony/preflight",
           "ca/ceremony/script", "ca/ceremony/interaction"]
RUN = [*CUSTODY, "ca/x509", "ca/lint", "ca/issuance", "ca/ceremony/process", "ca/ceremony/words",
       "ca/ceremony/transcript", "ca/ceremony/custody"]

# A module may include itself and the modules named here, which stand in rows above it (docs/architecture/README.md).
MAY_INCLUDE = {
    "ca/base": [],
    "ca/crypto": ["ca/base"],
    "ca/yaml": ["ca/base"],
    "ca/log": ["ca/base"],
    "ca/store": ["ca/base"],
    "ca/x509": ["ca/base", "ca/crypto"],
    "ca/keys": ["ca/base", "ca/crypto"],
    "ca/keys/token": ["ca/base", "ca/crypto", "ca/keys"],
    "ca/shares": ["ca/base", "ca/crypto"],
    "ca/merkle": ["ca/base", "ca/crypto"],
    "ca/audit": ["ca/base", "ca/crypto", "ca/store", "ca/merkle"],
    "ca/policy": ["ca/base", "ca/crypto", "ca/x509", "ca/yaml"],
    "ca/lint": ["ca/base", "ca/crypto", "ca/x509"],
    "ca/issuance": ["ca/base", "ca/crypto", "ca/x509", "ca/keys", "ca/policy", "ca/lint"],
    "ca/authority": ["ca/base", "ca/crypto", "ca/x509", "ca/keys", "ca/store", "ca/audit", "ca/policy", "ca/lint",
                     "ca/issuance"],
    "ca/command_line": ["ca/base"],
    "ca/ceremony/process": ["ca/base"],
    "ca/ceremony/words": ["ca/base"],
    "ca/ceremony/transcript": ["ca/base", "ca/crypto", "ca/keys"],
    "ca/ceremony/preflight": ["ca/base", "ca/crypto"],
    "ca/ceremony/script": ["ca/base", "ca/crypto", "ca/x509", "ca/yaml", "ca/ceremony/preflight"],
    "ca/ceremony/interaction": ["ca/base", "ca/command_line", "ca/yaml", "ca/ceremony/process", "ca/ceremony/words"],
    "ca/ceremony/custody": CUSTODY,
    "ca/ceremony/run": RUN,
    "ca/ceremony/verify": [*RUN, "ca/ceremony/run"],
    "ca/ceremony/replay": [*RUN, "ca/ceremony/run", "ca/ceremony/verify"],
    "ca/ceremony/report": [*RUN, "ca/ceremony/run", "ca/ceremony/verify", "ca/ceremony/replay"],
    "ca/ceremony/calendar": [*RUN, "ca/ceremony/verify", "ca/ceremony/replay"],
    "ca/ceremony/cli": [*RUN, "ca/ceremony/run", "ca/ceremony/verify", "ca/ceremony/replay", "ca/ceremony/report",
                        "ca/ceremony/calendar", "ca/command_line"],
    "api/client": ["ca/base"],
    "api/http": ["ca/base", "ca/log"],
    "api/decision": ["ca/base", "ca/crypto", "ca/x509", "ca/policy"],
    "api/identity": ["ca/*"],
    "api/metrics": ["ca/*"],
    "api/rest": ["ca/*", "api/http", "api/decision", "api/identity", "api/metrics"],
    "api/server": ["ca/*", "api/http", "api/identity", "api/metrics", "api/rest",
                   "ca/command_line"],
    # ca/lint, ca/policy: `chancery lint` and `chancery policy` judge offline, by the very code that the service judges by.
    "api/cli": ["ca/base", "ca/crypto", "ca/x509", "ca/lint", "ca/merkle", "ca/policy", "api/client", "api/decision", "ca/command_line"],
    "agent": ["ca/base", "ca/crypto", "ca/x509", "ca/keys", "ca/yaml", "ca/log", "api/client", "ca/command_line"],
}

# ca/* above means the online CA's modules: never the ceremony, nor what only it needs.
OFFLINE = ("ca/ceremony/", "ca/shares")

# Third-party headers, and the only modules that may see them.
THIRD_PARTY = {
    r"openssl/": ["ca/crypto", "agent"],
    r"botan/": ["ca/lint", "ca/shares"],
    r"p11-kit/": ["ca/keys/token"],
    r"yaml-cpp/": ["ca/yaml"],
    r"SQLiteCpp/|sqlite3": ["ca/store"],
    r"spdlog/": ["ca/log"],
    r"pistache/": ["api/http"],
    r"httplib": ["api/client", "agent"],
    r"prometheus/": ["api/metrics", "agent"],
    r"CLI/": ["ca/ceremony/cli", "ca/command_line", "api/server", "api/cli", "agent"],
    r"nlohmann/": ["ca/log", "ca/merkle", "ca/audit", "ca/authority", "ca/shares", "ca/ceremony/transcript", "ca/ceremony/cli",
                   "api/client", "api/http", "api/decision", "api/identity",
                   "api/metrics", "api/rest", "api/server", "api/cli", "agent"],
}

TOP_LEVEL = {
    "CMakeLists.txt", "ca", "agent", "api", "policies", "ansible", "tests", "docs", "README.md", "demo", "check",
    "CMakePresets.json", "CONTRIBUTING.md", "CHANGELOG.md", "LICENSE", "build",
}

DRAWERS = {"util", "utils", "common", "misc", "helpers", "shared"}
LONGEST = 400  # lines; the best models stay at 100 to 250

INCLUDE = re.compile(r'^\s*#\s*include\s*(["<])([^">]+)[">]')
SOURCES = (".h", ".cpp")


def module_of(path):
    """The innermost module of the table: ca/store/sqlite/x.h -> ca/store; ca/ceremony/run/x.h -> ca/ceremony/run."""
    parts = path.split("/")
    for length in range(len(parts) - 1, 0, -1):
        if "/".join(parts[:length]) in MAY_INCLUDE:
            return "/".join(parts[:length])
    return "/".join(parts[:2]) if len(parts) > 2 else parts[0]


def allowed(module, target):
    if target == module:
        return True
    for pattern in MAY_INCLUDE[module]:
        if pattern == target or (pattern == "ca/*" and target.startswith("ca/") and not target.startswith(OFFLINE)):
            return True
    return False


def check_include(module, kind, target):
    """What is wrong with this include, or None."""
    if kind == '"':
        if "/" not in target:
            return f'"{target}" is not spelled from the root'
        other = module_of(target)
        if other not in MAY_INCLUDE:
            return f'"{target}" is in no module this test knows; add it to MAY_INCLUDE with its row'
        if not allowed(module, other):
            return f"{module} may not include {other}: the dependency points the wrong way"
        return None
    for pattern, homes in THIRD_PARTY.items():
        if re.match(pattern, target) and module not in homes:
            return f"<{target}> may be included only by {', '.join(homes)}"
    return None


def check_file(root, file):
    relative = file.relative_to(root).as_posix()
    module = module_of(relative)
    if module not in MAY_INCLUDE:
        yield relative, 1, f"module {module} is unknown; add it to MAY_INCLUDE with its row"
        return
    lines = file.read_text(encoding="utf-8").splitlines()
    for number, line in enumerate(lines, 1):
        match = INCLUDE.match(line)
        fault = match and check_include(module, *match.groups())
        if fault:
            yield relative, number, fault
    if len(lines) > LONGEST:
        yield relative, LONGEST + 1, f"{len(lines)} lines: split it (at most {LONGEST})"


def check_top_level(root):
    for entry in sorted(root.iterdir()):
        if not entry.name.startswith(".") and entry.name not in TOP_LEVEL:
            yield entry.name, 1, "the top level is fixed; find a room for it inside"


def check_drawers(root):
    for folder in ("ca", "api", "agent", "tests", "policies", "ansible", "docs"):
        for path in sorted((root / folder).rglob("*")) if (root / folder).is_dir() else []:
            if path.stem.lower() in DRAWERS and "__pycache__" not in path.parts:
                yield path.relative_to(root).as_posix(), 1, "says nothing about what is inside; name it for what it does"


def violations(root):
    yield from check_top_level(root)
    yield from check_drawers(root)
    for folder in ("ca", "api", "agent"):
        for file in sorted((root / folder).rglob("*")):
            if file.suffix in SOURCES:
                yield from check_file(root, file)


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    found = list(violations(pathlib.Path(sys.argv[1]).resolve()))
    for path, line, fault in found:
        print(f"{path}:{line}: {fault}")
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
