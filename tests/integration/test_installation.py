"""cmake --install: the programs, their manual pages, and completions that offer what there is."""
import subprocess

import pytest

SECTIONS = {"chancery": 1, "chancery-root": 1, "chancery-ca": 8, "chancery-agent": 8}


@pytest.fixture(scope="module")
def prefix(programs, tmp_path_factory):
    prefix = tmp_path_factory.mktemp("prefix")
    subprocess.run(["cmake", "--install", programs.directory.parent, "--prefix", prefix], check=True, stdout=subprocess.DEVNULL)
    return prefix


@pytest.mark.parametrize("program", SECTIONS)
def test_programs_have_manual_pages(prefix, program):
    assert subprocess.run([prefix / "bin" / program, "--help"], stdout=subprocess.DEVNULL).returncode == 0
    page = prefix / "share" / "man" / f"man{SECTIONS[program]}" / f"{program}.{SECTIONS[program]}"
    assert page.read_text().startswith(f".TH {program.upper()} ")


def completed(prefix, program, *words):
    """What bash offers behind `program WORDS...`, the last of which may be unfinished."""
    line = " ".join([program, *words])
    script = (f"source {prefix}/share/bash-completion/completions/{program}; COMP_WORDS=({program} {' '.join(words[:-1])} '{words[-1]}');"
              f" COMP_CWORD={len(words)}; COMP_LINE='{line}'; $(complete -p {program} | sed 's/.*-F \\([^ ]*\\).*/\\1/');"
              ' printf "%s\\n" "${COMPREPLY[@]}"')
    return subprocess.run(["bash", "-c", script], check=True, capture_output=True, text=True).stdout.split()


@pytest.mark.parametrize("program,words,offered", [
    ("chancery", ["rev"], {"revoke"}),
    ("chancery", ["ca", "h"], {"health"}),
    ("chancery", ["policy", "re"], {"replay"}),
    ("chancery", ["policy", "test", "--ren"], {"--renewal"}),
    ("chancery", ["list", "--status", ""], {"valid", "revoked", "unrecorded"}),
    ("chancery-agent", [""], {"run", "once", "status", "check-config", "--config", "--help", "--version"}),
    ("chancery-agent", ["--config", "x", "st"], {"status"}),
    ("chancery-root", ["rep"], {"replay", "report"}),
    ("chancery-root", ["replay", "bundle", "--p"], {"--previous"}),
    ("chancery-root", ["calendar", "--pr"], {"--prometheus"}),
    ("chancery-root", ["calendar", "bundle", "--j"], {"--json"}),
    ("chancery-root", ["report", "bundle", "--j"], {"--json"}),
    ("chancery-root", ["script", "print", "root.yaml", "--j"], {"--json"}),
    ("chancery-ca", ["ch"], {"check-config"}),
    ("chancery-ca", ["audit", "--j"], {"--json"})])
def test_completions(prefix, program, words, offered):
    assert set(completed(prefix, program, *words)) == offered


@pytest.mark.parametrize("program", ["chancery", "chancery-agent", "chancery-ca", "chancery-root"])
def test_every_command_of_the_help_is_offered(prefix, program):
    text = subprocess.run([prefix / "bin" / program, "--help"], capture_output=True, text=True).stdout
    commands = {line.split()[0] for line in text.split("Subcommands:\n")[1].split("\n\n")[0].splitlines() if line[2:3].strip()}
    assert commands and commands <= set(completed(prefix, program, ""))
