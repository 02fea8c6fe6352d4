"""Documents and charts: words stay words, marks of every language are there, the same data make the same file."""

from datetime import UTC, datetime
from io import BytesIO
from typing import Any
from xml.etree import ElementTree as ET

import pypdfium2
import pytest
from PIL import Image

from lyceum.typeset import charts, documents, formulas

AT = datetime(2027, 1, 31, 9, tzinfo=UTC)
HOSTILE = '#image("/etc/passwd") $x$ *b* <h> @ref \\ ] " \' `raw`'
YORUBA, IGBO = "Ọ̀ṣun ẹ̀kọ́ àti ìṣirò", "Asụsụ Igbo ṅ ọ́ ị̀"


def data(**values: Any) -> dict[str, Any]:
    table = {
        "title": "Topics", "empty": "Nothing yet.", "widths": [1, 0], "right": [1], "header": ["Topic", ""],
        "rows": [[YORUBA, {"share": 0.3, "low": 0.1, "high": 0.5}], [IGBO, "1"], [HOSTILE, "2"]],
    }  # fmt: skip
    chart = {"title": "Minutes", "svg": charts.bars(["<a>", "b"], [1, 2])}
    fields = {"title": "Report", "learner": "Ada", "language": "en", "period": "January", "footer": "As of today"}
    return {**fields, "tiles": [{"label": "Streak", "value": "3"}], "charts": [chart], "tables": [table], **values}


def text_of(pdf: bytes) -> str:
    document = pypdfium2.PdfDocument(pdf)
    text = "".join(page.get_textpage().get_text_bounded() for page in document)
    return text.replace("\r", "").replace("\n", " ")


def test_words_stay_words_with_all_their_marks() -> None:
    made = documents.pdf("progress", data(), AT)
    text = text_of(made)
    assert "root:" not in text
    for part in ('#image("/etc/passwd")', "$x$ *b* <h> @ref", "`raw`"):
        assert part in text
    for word in (*YORUBA.split(), *IGBO.split()):
        assert word in text, word
    assert b"pdfaid" in made
    assert made == documents.pdf("progress", data(), AT)


def test_letters_that_our_fonts_lack_do_not_stop_a_document() -> None:
    made = documents.pdf("progress", data(learner="漢字 🙂"), AT)
    assert made.startswith(b"%PDF-")
    assert b"pdfaid" not in made


def test_a_letter_with_a_mark_below_and_above_is_no_plain_letter() -> None:
    plain, marked = (documents.pages("progress", data(tables=[], charts=[], learner=name)) for name in ("o", "ọ́"))
    assert plain != marked
    with Image.open(BytesIO(marked[0])) as page:
        assert page.width > 700


def test_a_long_table_goes_on_over_pages_under_its_header() -> None:
    table = {**data()["tables"][0], "rows": [[f"Topic {number}", "1"] for number in range(120)]}
    pages = documents.pages("progress", data(tables=[table]))
    assert len(pages) >= 3
    assert text_of(documents.pdf("progress", data(tables=[table]), AT)).count("Topic 119") == 1


@pytest.mark.parametrize("name", ["house", "nothing", "../fonts/OFL"])
def test_only_templates_are_set(name: str) -> None:
    with pytest.raises(documents.UnknownTemplate):
        documents.pdf(name, data(), AT)


def test_charts_are_wellformed_and_to_scale() -> None:
    root = ET.fromstring(charts.bars(["a&b", '"<i>"'], [5, 10]))  # noqa: S314 - our own text
    space = "{http://www.w3.org/2000/svg}"
    low, high = (float(bar.attrib["height"]) for bar in root.iter(f"{space}rect"))
    assert high == pytest.approx(2 * low)
    assert {text.text for text in root.iter(f"{space}text")} >= {"a&b", '"<i>"', "10"}
    broken = ET.fromstring(charts.lines(["a", "b", "c"], [1, None, 3]))  # noqa: S314 - our own text
    assert len(list(broken.iter(f"{space}polyline"))) == 2


def test_scales_are_round() -> None:
    assert [charts.nice(value) for value in (0, 0.3, 1, 11, 24, 25.1, 99, 100)] == [1, 0.5, 1, 20, 25, 50, 100, 100]


@pytest.mark.filterwarnings("ignore:path is deprecated:DeprecationWarning")
@pytest.mark.parametrize(
    ("chemistry", "latex"),
    [
        ("2H2 + O2 -> 2H2O", r"\mathrm{2H_{2} + O_{2}}\rightarrow \mathrm{2H_{2}O}"),
        ("OH-", r"\mathrm{OH^{-}}"),
        ("NO3-", r"\mathrm{NO_{3}^{-}}"),
        ("SO4^2-", r"\mathrm{SO_{4}^{2-}}"),
        ("[AgCl2]-", r"\mathrm{[AgCl_{2}]^{-}}"),
        ("^14_6C", r"\mathrm{^{14}_{6}C}"),
        ("CuSO4.5H2O", r"\mathrm{CuSO_{4} \cdot 5H_{2}O}"),
        ("0.5 O2", r"\mathrm{0.5 O_{2}}"),
        ("AgCl v", r"\mathrm{AgCl \downarrow }"),
        ("CO2 ^", r"\mathrm{CO_{2} \uparrow }"),
        ("CH3-OH", r"\mathrm{CH_{3}-OH}"),
        ("A ->[x][y] B", r"\mathrm{A}\;\underset{\mathrm{y}}{\;\overset{\mathrm{x}}{\longrightarrow }\;}\;\mathrm{B}"),
    ],
)
def test_chemistry_is_read_as_it_is_written_elsewhere(chemistry: str, latex: str) -> None:
    assert formulas.placed(rf"\ce{{{chemistry}}}") == formulas.placed(latex)


def test_formulas_are_drawn_or_refused() -> None:
    assert formulas.drawn(r"\frac{1}{x}").startswith("<svg")
    with pytest.raises(formulas.UnreadableFormula):
        formulas.drawn(r"\frac{1}{")
