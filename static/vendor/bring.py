"""Bring what others made into static/: run by `make vendor`, never by the portal.

npm has put the versions of package-lock.json into node_modules/ (which git ignores); the files we serve are copied from there, the
fonts cut down to the scripts we write and renamed, as their licence asks of changed copies; SOURCES says what came from where.
"""

import hashlib
import json
import shutil
from pathlib import Path

from fontTools.subset import Options, Subsetter, load_font, save_font
from fontTools.ttLib import TTFont

STATIC = Path(__file__).resolve().parents[1]
MODULES = STATIC.parent / "node_modules"

COPIED = {
    "vendor/htmx.min.js": ("htmx.org", "dist/htmx.min.js"),
    "vendor/altcha.min.js": ("altcha", "dist/external/altcha.min.js"),
    "vendor/altcha.css": ("altcha", "dist/external/altcha.css"),
    "vendor/altcha-sha.js": ("altcha", "dist/workers/sha.js"),
    "vendor/altcha-pbkdf2.js": ("altcha", "dist/workers/pbkdf2.js"),
    "vendor/altcha.LICENSE.txt": ("altcha", "LICENSE.txt"),
    "vendor/htmx.LICENSE.txt": ("htmx.org", "LICENSE"),
    "vendor/leaflet.js": ("leaflet", "dist/leaflet.js"),
    "vendor/leaflet.css": ("leaflet", "dist/leaflet.css"),
    "vendor/leaflet.LICENSE.txt": ("leaflet", "LICENSE"),
    "fonts/LICENSE.txt": ("@ibm/plex-sans-arabic", "LICENSE.txt"),
}
CUT = {
    "fonts/bawaba-400.woff2": ("@ibm/plex-sans-arabic", "fonts/complete/woff2/IBMPlexSansArabic-Regular.woff2"),
    "fonts/bawaba-600.woff2": ("@ibm/plex-sans-arabic", "fonts/complete/woff2/IBMPlexSansArabic-SemiBold.woff2"),
}
FAMILY = "Bawaba Sans"
RESERVED = "Plex"
LETTERS = (
    "20-7e a0-ff 152-153 2010-2026 2030-203a 20ac 2190-2193 2212 25cc "  # Latin, punctuation, arrows
    "60c 61b-61f 621-655 660-671 67e 686 698 6a4 6a9-6af 6c0-6c1 6cc 6d2 6f0-6f9 200c-200f 2066-2069"  # Arabic, direction marks
)
"""Ranges of Unicode, in hexadecimal."""


def main() -> None:
    for target, source in COPIED.items():
        shutil.copyfile(MODULES.joinpath(*source), STATIC / target)
    for target, source in CUT.items():
        cut(MODULES.joinpath(*source), STATIC / target)
    (STATIC / "vendor" / "SOURCES").write_text(sources(), encoding="utf-8")


def cut(source: Path, target: Path) -> None:
    """Keep the letters of Arabic and Western European; the same input gives the same bytes."""
    options = Options(flavor="woff2", layout_features=["*"], hinting=False, recalc_timestamp=False, name_IDs=["*"])
    font = load_font(str(source), options)
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=letters())
    subsetter.subset(font)
    rename(font)
    save_font(font, str(target), options)


def letters() -> list[int]:
    ends = [[int(end, 16) for end in span.split("-")] for span in LETTERS.split()]
    return [code for span in ends for code in range(span[0], span[-1] + 1)]


def rename(font: TTFont) -> None:
    """The reserved name goes from every name but the notices of copyright, trademark and licence."""
    notices = {0, 7, 8, 9, 10, 11, 12, 13, 14}
    for record in list(font["name"].names):
        if record.nameID not in notices and RESERVED in record.toUnicode():
            words = (
                record.toUnicode().replace("IBM Plex Sans Arabic", FAMILY).replace("IBMPlexSansArabic", FAMILY.replace(" ", ""))
            )
            record.string = words.replace("IBM Plex Sans", FAMILY)


def sources() -> str:
    """A line a file: path under static/, package, version, licence, what was done, sha256."""
    lines = ["# file\tpackage\tversion\tlicence\tas\tsha256"]
    for files, done in ((COPIED, "copied"), (CUT, "cut and renamed")):
        for target, (package, _) in files.items():
            about = json.loads((MODULES / package / "package.json").read_text(encoding="utf-8"))
            digest = hashlib.sha256((STATIC / target).read_bytes()).hexdigest()
            lines.append("\t".join((target, package, about["version"], about["license"], done, digest)))
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
