"""Builds the release preset, with progress."""
import os
import re
import subprocess

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from stack.processes import StackError
from stack.programs import ROOT

BUILD = ROOT / "build" / "release"
STEP = re.compile(r"^\[(\d+)/(\d+)\] ?(.*)")


def _configure():
    result = subprocess.run(["cmake", "--preset", "release", "--log-level=WARNING"], cwd=ROOT, text=True,
                            stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    if result.returncode != 0:
        raise StackError(f"cmake --preset release failed:\n{result.stdout}")


def _follow(lines, progress, console):
    """Moves the bar, or prints each tenth where there is no terminal; returns what is worth showing on failure."""
    words, task, tenth = [], None, 0
    for line in lines:
        words.append(line)
        step = STEP.match(line)
        if not step:
            continue
        done, total = int(step[1]), int(step[2])
        if progress:
            task = progress.add_task("Building", total=total) if task is None else task
            progress.update(task, completed=done, total=total)
        elif done * 10 // total > tenth:
            tenth = done * 10 // total
            console.print(f"  {done} of {total}", highlight=False)
    return [line for line in words if not STEP.match(line)] or words


def build_release(console):
    """Brings build/release up to date; a first build takes some minutes, a later one a second."""
    if not os.access(BUILD if BUILD.exists() else ROOT, os.W_OK):
        raise StackError(f"{BUILD} cannot be written: it was built by another user. Remove it, or run as that user.")
    _configure()
    environment = {**os.environ, "NINJA_STATUS": "[%f/%t] "}
    builder = subprocess.Popen(["cmake", "--build", "--preset", "release"], cwd=ROOT, env=environment, text=True,
                               stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL)
    try:
        if console.is_terminal:
            columns = (TextColumn("  {task.description}"), BarColumn(bar_width=40), MofNCompleteColumn(), TimeElapsedColumn())
            with Progress(*columns, console=console, transient=True) as progress:
                words = _follow(builder.stdout, progress, console)
        else:
            words = _follow(builder.stdout, None, console)
        status = builder.wait()
    finally:
        if builder.poll() is None:
            builder.terminate()
            builder.wait()
    if status != 0:
        raise StackError("the build failed:\n" + "".join(words[-40:]))
    return BUILD
