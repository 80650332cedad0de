"""The live picture: a timeline for each certificate, what happened, and where to look."""
import time

from rich.console import Group
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from story import RENEWALS_WANTED, short

LIFETIME, RENEWAL = 90, 60  # days, as the profile time-lapse says
FRAMES_A_SECOND = 8


class Glyphs:
    def __init__(self, ascii_only):
        self.past, self.now, self.ahead, self.mark, self.late = "=O-|." if ascii_only else "━●─┃┄"


def timeline(current, now, width, glyphs):
    """Ninety days from left to right: spent, today, day 60, and the thirty days that must never be needed."""
    def column(day):
        return min(width - 1, max(0, int(day * width / LIFETIME)))

    age = (now - current.not_before) * LIFETIME / (current.not_after - current.not_before + 1)
    today, mark = column(age), column(RENEWAL)
    bar = Text("  ")
    for position in range(width):
        if position == today:
            bar.append(glyphs.now, "bold bright_green" if age < RENEWAL + 5 else "bold yellow")
        elif position == mark:
            bar.append(glyphs.mark, "bold yellow")
        elif position < today:
            bar.append(glyphs.past, "green")
        else:
            bar.append(glyphs.ahead if position < mark else glyphs.late, "bright_black")
    renew, expires = ("day 60: renew", "day 90: expires") if width >= 90 else ("day 60", "day 90")
    scale = Text("  issued".ljust(mark + 2), "bright_black")
    scale.append(renew.ljust(width - mark - len(expires)), "yellow")
    scale.append(expires, "bright_black")
    return bar, scale


def heading(track, now):
    line = Table.grid(expand=True, padding=(0, 1))
    current = track.current
    age, left = now - current.not_before, current.not_after - now
    for justify in ("left", "center", "center", "right"):
        line.add_column(justify=justify, no_wrap=True)
    line.add_row(
        Text.assemble("  on the wire ", (short(current.serial), "cyan")),
        Text.assemble("day ", (f"{age:3.0f}", "bold"), " of 90"),
        Text.assemble((f"{left:3.0f}", "bold green" if left > LIFETIME - RENEWAL - 5 else "bold yellow"), " days left"),
        Text.assemble("renewals ", (str(track.renewals), "bold cyan")))
    return line


def history(track, story):
    line = Text("  serials so far ", "bright_black")
    shown = track.serials[-4:]
    for number, serial in enumerate(shown):
        until = f"{story.day(shown[number + 1].first_seen):.0f}" if number + 1 < len(shown) else ""
        line.append(short(serial.serial), "cyan" if not until else "bright_black")
        line.append(f" day {story.day(serial.first_seen):.0f}–{until}   ", "bright_black")
    return line


def checks(track):
    told = "–" if track.prometheus_left is None else f"{track.prometheus_left:.0f} days left"
    return Text.assemble("  TLS handshakes ", (f"{track.handshakes} ok", "green"), ", ",
                         (f"{track.failures} failed", "bold red" if track.failures else "green"),
                         f"   Prometheus says {told}")


def certificate(track, story, now, width, glyphs, with_history):
    bar, scale = timeline(track.current, now, width - 8, glyphs)
    lines = [heading(track, now), bar, scale, checks(track)] + ([history(track, story)] if with_history else [])
    return Panel(Group(*lines), title=f"[bold]{track.host}[/]", title_align="left",
                 border_style="red" if track.failures else "green")


def events(story, rows):
    lines = Table.grid(padding=(0, 1), expand=True)
    lines.add_column(justify="right", no_wrap=True, style="bright_black", width=8)
    lines.add_column(no_wrap=True, overflow="ellipsis", ratio=1)
    for day, text, style in list(story.events)[-rows:]:
        lines.add_row(f"day {day:.0f}", Text(text, style))
    return lines


def links(places):
    table = Table.grid(padding=(0, 2))
    table.add_column(style="bright_black", no_wrap=True)
    table.add_column(overflow="fold")
    for name, place in places:
        table.add_row(name, Text(place))
    return table


class View:
    """A renderable: rich asks it for a new picture, several times a second."""

    def __init__(self, story, places, once):
        self._story, self._places = story, places
        self._ending = f"ends after renewal {RENEWALS_WANTED} of each" if once else "Ctrl-C ends it"

    def __rich_console__(self, console, options):
        glyphs = Glyphs(options.ascii_only)
        width, height = options.max_width, console.size.height
        with_history = height >= 30
        with self._story.lock:
            title = Text.assemble(("Chancery", "bold"), ": one day lasts one second   ",
                                  (f"day {self._story.day():.0f}", "bold cyan"), "   ", (self._ending, "bright_black"))
            parts = [certificate(track, self._story, time.time(), width, glyphs, with_history)
                     for track in self._story.tracks if track.current]
            below = links(self._places)
            taken = 3 + len(parts) * (7 if with_history else 6) + len(console.render_lines(below, options))
            happened = events(self._story, max(1, min(8, height - taken)))
        yield Group(title, *parts, happened, Text(""), below)
