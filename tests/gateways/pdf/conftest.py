"""The renderer, a seal of our own, and ways to look at a PDF as people and viewers do."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from jinja2 import Environment, FileSystemLoader
from PIL import Image

from gateways.pdf.development_seal import SealFiles, make_development_seal
from gateways.pdf.seal import Seal
from gateways.pdf.text import equip
from gateways.pdf.xhtml import XhtmlRenderer
from tests.gateways.pdf.sample_papers import CREATED, PAPERS

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="session")
def renderer() -> XhtmlRenderer:
    return XhtmlRenderer(ROOT / "static" / "documents")


@pytest.fixture(scope="session")
def environment() -> Environment:
    environment = Environment(loader=FileSystemLoader(ROOT / "templates"), autoescape=True)
    equip(environment)
    return environment


@pytest.fixture(scope="session")
def drawn(renderer: XhtmlRenderer, environment: Environment) -> Callable[[str], bytes]:
    """The PDF of one of PAPERS."""
    known: dict[str, bytes] = {}

    def draw(name: str) -> bytes:
        template, data = PAPERS[name]
        if name not in known:
            known[name] = renderer.render(environment.get_template(template).render(data()), created=CREATED)
        return known[name]

    return draw


@pytest.fixture(scope="session")
def seal_files(tmp_path_factory: pytest.TempPathFactory) -> SealFiles:
    return make_development_seal(tmp_path_factory.mktemp("seal"))


@pytest.fixture(scope="session")
def seal(seal_files: SealFiles) -> Seal:
    return Seal.from_files(seal_files.key, seal_files.certificate, [seal_files.authority])


@pytest.fixture
def picture(tmp_path: Path) -> Callable[..., Image.Image]:
    """A page of a PDF as a picture, the first unless told."""

    def take(pdf: bytes, resolution: int, page: int = 1) -> Image.Image:
        (tmp_path / "paper.pdf").write_bytes(pdf)
        command = ["pdftoppm", "-r", str(resolution), "-f", str(page), "-singlefile", "-png", "paper.pdf", "paper"]
        subprocess.run(command, cwd=tmp_path, check=True, timeout=30)
        with Image.open(tmp_path / "paper.png") as image:
            return image.convert("RGB")

    return take


@pytest.fixture
def words_of(tmp_path: Path) -> Callable[[bytes], str]:
    """The text a viewer finds in a PDF."""

    def read(pdf: bytes) -> str:
        (tmp_path / "read.pdf").write_bytes(pdf)
        command = ["pdftotext", "-raw", "read.pdf", "-"]
        return subprocess.run(command, cwd=tmp_path, check=True, timeout=30, capture_output=True).stdout.decode()

    return read
