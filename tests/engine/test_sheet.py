"""Lists as spreadsheets save them."""

import pytest

from engine import sheet
from engine.errors import Refusal

COLUMNS = {"who": ["Civil number", "الرقم المدني", "who"], "months": ["Renewal period", "مدة التجديد", "months"]}
ENGLISH = "Civil number,Renewal period\n1526575,12\n"
ARABIC = "الرقم المدني;مدة التجديد\r\n١٥٢٦٥٧٥; ١٢ \r\n"
READ = [{"who": "1526575", "months": "12"}]


@pytest.mark.parametrize(
    "raw",
    [
        ENGLISH.encode(),
        ENGLISH.encode("utf-8-sig"),
        ENGLISH.replace(",", "\t").upper().encode(),
        ARABIC.encode(),
        ARABIC.encode("utf-8-sig"),
        "الرقم المدني;مدة التجديد\r\n1526575;12\r\n".encode("cp1256"),
        b"months,note,who\n12,x,1526575\n,,\n\n",
    ],
)
def test_the_ways_spreadsheets_save_are_all_read(raw: bytes) -> None:
    assert sheet.read(raw, COLUMNS) == READ


def test_a_short_line_has_empty_cells() -> None:
    assert sheet.read(b"who,months\n5\n", COLUMNS) == [{"who": "5", "months": ""}]


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (b"", "empty"),
        (b"\n \n", "empty"),
        (b"who,months\n", "no rows"),
        (b"who\n1\n", "lacks a column: Renewal period"),
        (b"who,months\n" + b"1,2\n" * 501, "at most 500 rows; this one has 501"),
        (b"x" * (sheet.MOST_BYTES + 1), "too large"),
        (b"\x89PNG\r\n\x1a\n\0\0", "cannot be read"),
        (ENGLISH.encode("utf-16"), "cannot be read"),
        (b'who,months\n"1,2\n', "cannot be read"),
    ],
)
def test_what_is_no_list_is_refused_and_says_why(raw: bytes, said: str) -> None:
    with pytest.raises(Refusal, match=said):
        sheet.read(raw, COLUMNS)


def test_five_hundred_rows_are_a_list() -> None:
    assert len(sheet.read(b"who,months\n" + b"1,2\n" * 500, COLUMNS)) == 500


def test_what_a_spreadsheet_would_calculate_stays_a_text():
    for cell in ("=1+1", "+1", "-1", "@a", "\t=1", "\r=1"):
        assert sheet.harmless(cell) == f"'{cell}"
    assert [sheet.harmless(cell) for cell in ("", "a=1", "1")] == ["", "a=1", "1"]
