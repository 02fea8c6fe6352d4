"""What packages for learning say of their parts: taken as their standards have it, or refused with the reason."""

import json
from pathlib import Path

import pytest

from tests.content.conftest import Depot
from tests.content.samples import package
from tests.integrations.packages.samples import CMI5, PAGE, PAGES, SCORM_12, SCORM_2004, cmi5, scorm_12
from tests.support.samples import samples

from functions.content.processing.archives import course_structures
from functions.content.processing.rejection import Rejected

VALID = "https://w3id.org/xapi/profiles/cmi5/v1/CourseStructure.xsd"
KEPT = sorted(samples("cmi5").rglob("cmi5.xml")) if samples("cmi5").exists() else []


def read(data: bytes, name: str = "imsmanifest.xml") -> course_structures.Structure:
    return course_structures.read(data, name, lambda path: path if path in PAGES else None)


def test_units_of_scorm_come_in_the_order_of_their_items() -> None:
    found = read(SCORM_12)
    assert (found.format, found.title) == ("scorm12", "Cells")
    first, second = found.units
    assert (first.path, first.mastery, first.parameters) == ("one/index.html", "0.8", "level=2")
    assert (second.path, second.query, second.mastery) == ("two/index.html", "part=2", None)


def test_a_package_of_2004_says_from_what_it_is_passed_and_completed() -> None:
    found = read(SCORM_2004)
    assert found.format == "scorm2004"
    assert (found.units[0].mastery, found.units[0].completion) == ("0.6", "0.75")


def test_a_unit_of_cmi5_says_when_it_is_done_with() -> None:
    found = read(CMI5.format(moves_on="Passed", url="one/index.html?a=1").encode(), "cmi5.xml")
    (unit,) = found.units
    assert (unit.path, unit.query, unit.mastery, unit.moves_on) == ("one/index.html", "a=1", "0.8", "Passed")


@pytest.mark.parametrize(
    ("moves_on", "url", "why"),
    [
        ("Passed", "https://elsewhere.org/x.html", "no file for what it launches"),
        ("Passed", "//elsewhere.org/x.html", "no file for what it launches"),
        ("Passed", "../one/index.html", "no file for what it launches"),
        ("Passed", "three.html", "no file for what it launches"),
        ("Passed", "one/index.html?registration=1", "a parameter that a launch sets"),
        ("Sometimes", "one/index.html", "moveOn is unknown"),
    ],
)
def test_what_can_not_be_launched_is_refused(moves_on: str, url: str, why: str) -> None:
    with pytest.raises(Rejected, match=why):
        read(CMI5.format(moves_on=moves_on, url=url).encode(), "cmi5.xml")


@pytest.mark.parametrize(
    ("xml", "why"),
    [
        ("<!DOCTYPE x [<!ENTITY a 'b'>]><courseStructure/>", "document type or entities"),
        ("<courseStructure>", "not well-formed"),
        ("<other/>", "no course structure"),
        (f"{'<a>' * 50}{'</a>' * 50}", "too many inside each other"),
        (f"<a>{'<b/>' * 20_001}</a>", "too many elements"),
        (f"<a>{' ' * (2 << 20)}</a>", "larger than 2 MiB"),
        (f"<courseStructure xmlns='{VALID}'><course id='no iri'/></courseStructure>", "no IRI"),
        (f"<courseStructure xmlns='{VALID}'><course id='a:b'/></courseStructure>", "0 parts"),
        (CMI5.format(moves_on="Passed", url="one/index.html").replace("0.8", "8"), "no number from 0 to 1"),
        (CMI5.format(moves_on="Passed", url="one/index.html").replace("/wall", ""), "two parts of one id"),
    ],
)
def test_what_is_no_structure_is_refused(xml: str, why: str) -> None:
    with pytest.raises(Rejected, match=why):
        read(xml.encode(), "cmi5.xml")


def test_a_package_is_kept_with_its_parts_and_its_sound_unpacked(depot: Depot) -> None:
    shown = depot.settled(scorm_12(**{"one/word.mp3": b"ID3" + bytes(500)}), "application/zip", "lesson")
    assert shown["state"] == "ready", shown
    stored = depot.stored(shown["uploadId"])
    assert stored.facts["format"] == "scorm12" and stored.facts["unitCount"] == 2
    assert json.loads(depot.variant(shown["uploadId"], "structure"))["units"][0]["title"] == "The cell wall"


def test_a_package_whose_part_is_missing_is_quarantined(depot: Depot) -> None:
    body = package({"imsmanifest.xml": SCORM_12, "one/index.html": PAGE})
    assert "no file for what it launches: 'two/index.html'" in depot.refusal(body, "application/zip", "lesson")
    assert "no file" in depot.refusal(cmi5(url="gone.html"), "application/zip", "lesson")


@pytest.mark.skipif(not KEPT, reason="the course structures of ADL's CATAPULT are not at hand")
@pytest.mark.parametrize("path", KEPT, ids=lambda path: path.parent.name)
def test_structures_of_catapult_are_judged(path: Path) -> None:
    """Those numbered 203 name a file that is not in the package; all others are taken."""
    data = path.read_bytes()

    def find(name: str) -> str | None:
        return name if name and name != "not-found.html" else None

    if path.parent.name.startswith("203"):
        with pytest.raises(Rejected, match="no file"):
            course_structures.read(data, "cmi5.xml", find)
    else:
        assert course_structures.read(data, "cmi5.xml", find).format == "cmi5"
