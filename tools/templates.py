"""Checks the templates: their form (djlint), nothing that our Content-Security-Policy refuses, no words left untranslated."""

import re
import subprocess
import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

from jinja2 import Environment

ROOT = Path("templates")
# Documents become PDF and messages become mails: there is no policy there, and no style sheet of ours.
OFF_THE_WEB = ("documents", "messages")
SPOKEN = {"alt", "aria-label", "aria-description", "placeholder", "title"}
UNSPOKEN = {"script", "style", "code", "svg"}
# blocks that are not read out: a translated sentence, a style sheet, a part of a class name
SILENT_BLOCKS = {"style", "frames", "body_class"}
WORD = re.compile(r"[^\W\d_]{2,}")
SAME_EVERYWHERE = {"OMR", "SMS", "PDF", "QR", "nbsp", "العربية", "English"}


def main() -> int:
    templates = sorted(ROOT.rglob("*.html"))
    problems = [f"{path}:{problem}" for path in templates for problem in faults(path.read_text(), web=on_the_web(path))]
    print(*problems, sep="\n", end="\n" if problems else "")
    pages = [*map(str, filter(on_the_web, templates)), "card_reader/window/templates"]
    lint = subprocess.run([sys.executable, "-m", "djlint", *pages, "--lint", "--quiet"], capture_output=True, text=True)
    if lint.returncode:
        print(lint.stdout)
    return 1 if problems or lint.returncode else 0


def on_the_web(path: Path) -> bool:
    return path.relative_to(ROOT).parts[0] not in OFF_THE_WEB


def faults(template: str, *, web: bool) -> Iterator[str]:
    """`line: what is wrong`"""
    reader = Reader(web)
    reader.feed(html_of(template))
    reader.close()
    yield from reader.faults


def html_of(template: str) -> str:
    """The template without its Jinja, of as many lines, so that line numbers stay true."""
    html, silent_until, depth = "", "", 0  # depth: of blocks within a silent one
    tag: list[str] = []
    for _line, kind, value in Environment().lex(template):
        if kind == "data" and not silent_until:
            html += value
        else:
            html += "\n" * value.count("\n") or " "
        if kind == "block_begin":
            tag = []
        elif kind == "name":
            tag.append(value)
        elif kind == "block_end" and silent_until:
            depth += (f"end{tag[0]}" == silent_until) - (tag[0] == silent_until)
            silent_until = silent_until if depth else ""
        elif kind == "block_end":
            silent_until = f"end{tag[0]}" if tag[0] == "trans" or is_silent(tag) else ""
            depth = 1
    return html


def is_silent(tag: list[str]) -> bool:
    return tag[0] == "block" and tag[1] in SILENT_BLOCKS


class Reader(HTMLParser):
    def __init__(self, web: bool) -> None:
        super().__init__()
        self.web = web
        self.inside: list[str] = []
        self.faults: list[str] = []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        names = dict(attributes)
        if self.web:
            self.note(tag == "style" or (tag == "script" and "src" not in names), f"<{tag}> written inline")
            for name, value in attributes:
                self.note(name == "style" or name.startswith(("on", "hx-on")), f"{name}= is refused by our policy")
                self.note((value or "").strip().lower().startswith("javascript:"), "javascript: in an address")
        for name in SPOKEN & names.keys():
            self.spoken(names[name] or "")
        if tag in UNSPOKEN:
            self.inside.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in self.inside:
            self.inside.remove(tag)

    def handle_data(self, data: str) -> None:
        if not self.inside:
            for lines_down, line in enumerate(data.split("\n")):
                self.spoken(line, lines_down)

    def spoken(self, text: str, lines_down: int = 0) -> None:
        words = [word for word in WORD.findall(text) if word not in SAME_EVERYWHERE]
        self.note(bool(words), f"not translated: {' '.join(words)[:60]}", lines_down)

    def note(self, wrong: bool, what: str, lines_down: int = 0) -> None:
        if wrong:
            self.faults.append(f"{self.getpos()[0] + lines_down}: {what}")


if __name__ == "__main__":
    sys.exit(main())
