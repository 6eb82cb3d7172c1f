"""Code that nothing uses (vulture). What templates and quoted annotations name counts as used; what only tests name does not."""

import ast
import re
import sys
from collections.abc import Iterator
from keyword import iskeyword
from pathlib import Path

from vulture import Vulture
from vulture.config import make_config

# Columns, settings and members of an enumeration are data, read by name; ruff finds forgotten imports and local variables.
NOT_CODE = {"attribute", "import", "variable"}
JINJA = re.compile(r"\{[{%].*?[}%]\}", re.DOTALL)
NAME = re.compile(r"[A-Za-z_]\w*")


def main() -> int:
    config = make_config([])
    paths = [Path(path) for path in config["paths"] if Path(path).exists()]
    vulture = Vulture(ignore_names=config["ignore_names"], ignore_decorators=config["ignore_decorators"])
    vulture.scavenge(paths, exclude=config["exclude"])
    mentioned = {*names_in_templates(), *quoted_annotations(paths)}
    vulture.scan("\n".join(f"_.{name}" for name in sorted(mentioned) if not iskeyword(name)))
    unused = [item for item in vulture.get_unused_code(min_confidence=config["min_confidence"]) if item.typ not in NOT_CODE]
    for item in unused:
        print(item.get_report())
    return 1 if unused else 0


def names_in_templates() -> Iterator[str]:
    for folder in ("templates", "sandbox"):
        for path in Path(folder).rglob("*"):
            if path.suffix in (".html", ".txt"):
                yield from NAME.findall(" ".join(JINJA.findall(path.read_text())))


def quoted_annotations(paths: list[Path]) -> Iterator[str]:
    """`renderer: "Renderer"`: what only the type checker imports."""
    for path in paths:
        for file in path.rglob("*.py") if path.is_dir() else [path]:
            for node in ast.walk(ast.parse(file.read_bytes())):
                annotation = getattr(node, "annotation", None) or getattr(node, "returns", None)
                if isinstance(annotation, ast.Constant) and isinstance(annotation.value, str):
                    yield from NAME.findall(annotation.value)


if __name__ == "__main__":
    sys.exit(main())
