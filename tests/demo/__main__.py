"""./demo hands over to this: build, set the scene, watch, judge, clean up."""
import argparse
import shutil
import signal
import sys
import tempfile
import time

from rich.console import Console
from rich.live import Live

from build import build_release
from chain import accepted_by
from plain import PlainLines
from scene import Scene
from stack.processes import StackError
from stack.programs import Programs
from story import Story
from verdict import judge, table
from view import FRAMES_A_SECOND, View
from watch import watch_prometheus, watch_service

PATIENCE = 120  # seconds beyond the three renewals before --once gives up


def set_the_scene(scene, console):
    for what, step in scene.steps():
        began = time.monotonic()
        if console.is_terminal:
            with console.status(what):
                remark = step()
        else:
            remark = step()
        console.print(f"[green]ok[/] {what} [bright_black]{remark or ''} ({time.monotonic() - began:.1f} s)[/]",
                      highlight=False, soft_wrap=not console.is_terminal)


def places(scene):
    return [
        ("Roots", f"{scene.hierarchy.root}  (for curl --cacert)"),
        ("CA health", f"{scene.front.url}/health"),
        ("Services", ", ".join(f"https://{track}:{scene.service.port}" for track in scene.service.hosts.values())),
        ("Pushgateway", scene.pushgateway.url),
        ("Prometheus", scene.prometheus.expiry_page()),
    ]


def first_certificates(scene, story, console):
    """Waits for the first certificate of each service, then shows its chain to four implementations."""
    deadline = time.monotonic() + 60
    while not all(track.serials for track in story.tracks):
        scene.still_running()
        if time.monotonic() > deadline:
            raise StackError(f"no first certificates within 60 s; the agent's last words:\n{scene.agent.process.tail()}")
        time.sleep(0.1)
    for track in story.tracks:
        results = accepted_by(scene, track.name)
        agreed = ", ".join(tool.split()[0] for tool, passed, _ in results if passed)
        story.tell(f"the chain of {track.host} is accepted by {agreed}")
        for tool, passed, words in results:
            if not passed:
                story.tell(f"{tool} REFUSES the chain of {track.host}: {words}", "bold red")


def loop(scene, story, once, each_tick):
    began = time.monotonic()
    while not (once and story.everything_renewed()):
        scene.still_running()
        each_tick()
        if once and time.monotonic() - began > 3 * 60 + PATIENCE:
            story.tell("gave up waiting for the third renewal", "bold red")
            return
        time.sleep(0.1)


def watch(scene, story, once, console):
    watches = [watch_service(story, track, scene.hierarchy.root, scene.service.port) for track in story.tracks]
    watches.append(watch_prometheus(story, scene.prometheus))
    for one in watches:
        one.start()
        scene.callback(one.stop)
    first_certificates(scene, story, console)
    if console.is_terminal:
        view = View(story, places(scene), once)
        with Live(view, console=console, refresh_per_second=FRAMES_A_SECOND):
            loop(scene, story, once, lambda: None)
    else:
        for name, place in places(scene):
            console.print(f"{name}: {place}", highlight=False, soft_wrap=True)
        lines = PlainLines(story, console)
        loop(scene, story, once, lines.tick)
        lines.tick()


def demonstrate(once, console):
    console.print("Building the release (the first time takes some minutes)", highlight=False)
    programs = Programs(build_release(console))
    directory = tempfile.mkdtemp(prefix="chancery-demo-")
    try:
        with Scene(programs, directory) as scene:
            set_the_scene(scene, console)
            story = Story(scene.service.hosts)
            try:
                watch(scene, story, once, console)
            except KeyboardInterrupt:
                if once:
                    raise
                console.print("\nStopping what was started, and removing it.")
                return 0
            rows = judge(scene, story)
            console.print(table(rows))
            return 0 if all(passed for _, _, passed, _ in rows) else 1
    finally:
        shutil.rmtree(directory, ignore_errors=True)


class Terminated(BaseException):
    """SIGTERM or SIGHUP: leave through every `finally`."""


def main():
    parser = argparse.ArgumentParser(prog="demo", description="See ./demo --help.")
    parser.add_argument("--once", action="store_true")
    once = parser.parse_args().once
    console = Console(width=None if sys.stdout.isatty() else 120)

    def terminate(number, frame):
        raise Terminated(128 + number)

    signal.signal(signal.SIGTERM, terminate)
    signal.signal(signal.SIGHUP, terminate)
    try:
        return demonstrate(once, console)
    except StackError as error:
        Console(stderr=True).print(f"demo: {error}", style="red", markup=False, highlight=False, soft_wrap=True)
        return 1
    except KeyboardInterrupt:
        console.print("\nInterrupted; everything that was started has been stopped and removed.")
        return 130
    except Terminated as signalled:
        return signalled.args[0]


if __name__ == "__main__":
    sys.exit(main())
