"""What items of a package share or wrap is read: common texts, other forms of a picture, contents of blocks."""

import io
import zipfile
from pathlib import Path

import pytest

from tests.content.pictures import picture

from functions.imports.formats.reader import read
from functions.imports.syntax.drafts import Draft

PNG = picture(30, 20, kind="PNG")
VERSION_3 = 'xmlns="http://www.imsglobal.org/xsd/imsqtiasi_v3p0"'
ITEM = f"""<qti-assessment-item {VERSION_3} identifier="i" title="t">
<qti-response-declaration identifier="R" cardinality="single" base-type="string"/>{{before}}
<qti-item-body>{{body}}<qti-extended-text-interaction response-identifier="R"/>{{rubric}}</qti-item-body>{{after}}
</qti-assessment-item>"""
STIMULUS = f"""<qti-assessment-stimulus {VERSION_3} identifier="S" title="t">
<qti-stimulus-body><div><h2>Night</h2><img src="img/a.png" alt="A door"/></div></qti-stimulus-body>
</qti-assessment-stimulus>"""


def only(tmp_path: Path, files: dict[str, bytes | str] | None = None, **parts: str) -> Draft:
    out = io.BytesIO()
    blank = dict.fromkeys(("before", "body", "rubric", "after"), "")
    with zipfile.ZipFile(out, "w") as archive:
        for name, body in {
            "items/one.xml": ITEM.format(**blank | {"body": "<p>Who?</p>"} | parts),
            **(files or {}),
        }.items():
            archive.writestr(name, body)
    (tmp_path / "a.zip").write_bytes(out.getvalue())
    return next(read(tmp_path / "a.zip", "qti", {}).drafts)


@pytest.mark.parametrize("href", ["../stimuli/s%201.xml", "../stimuli/./s 1.xml"])
def test_a_text_that_items_share_begins_the_stem_with_its_own_pictures(tmp_path: Path, href: str) -> None:
    shared = f'<qti-assessment-stimulus-ref identifier="S" href="{href}" title="t"/>'
    draft = only(tmp_path, {"stimuli/s 1.xml": STIMULUS, "stimuli/img/a.png": PNG}, before=shared)
    ((name, _),) = draft.pictures.items()
    shown = f'<img src="upload:{name}" alt="A door">'
    assert (draft.question["stem"], draft.notes) == (f"<div><h2>Night</h2>{shown}</div> <p>Who?</p>", [])


@pytest.mark.parametrize(
    ("files", "noted"),
    [({}, "is not in the file ('s.xml')"), ({"items/s.xml": "<!DOCTYPE a [<!ENTITY b 'c'>]><a/>"}, "can not be read")],
)
def test_a_shared_text_that_is_not_there_is_noted(tmp_path: Path, files: dict[str, bytes | str], noted: str) -> None:
    draft = only(tmp_path, files, before='<qti-assessment-stimulus-ref identifier="S" href="s.xml"/>')
    assert draft.question["stem"] == "<p>Who?</p>"
    assert [noted in note for note in draft.notes] == [True]


def test_what_only_wraps_a_text_leaves_no_trace(tmp_path: Path) -> None:
    draft = only(
        tmp_path,
        body="<infoControl><p>Who?</p></infoControl>",
        rubric='<qti-rubric-block use="instructions" view="scorer"><qti-content-body/></qti-rubric-block>'
        '<qti-rubric-block use="scoring" view="scorer"><qti-content-body><p>It sprouts</p></qti-content-body>'
        "</qti-rubric-block>",
        after='<qti-modal-feedback outcome-identifier="F" identifier="x" show-hide="show"><qti-content-body>'
        "<p>Well.</p></qti-content-body></qti-modal-feedback>",
    )
    told = [each["text"] for each in draft.question["rubric"]["criteria"]]
    assert (draft.question["stem"], told, draft.question["explanation"]) == (
        "<p>Who?</p>",
        ["<p>It sprouts</p>"],
        "<p>Well.</p>",
    )


def test_of_a_picture_in_several_forms_the_one_that_can_be_shown_is_taken(tmp_path: Path) -> None:
    drawn = '<object type="image/png" data="p.png"><p>Here<br/>is Sam.</p></object>'
    forms = f'<object type="image/eps" data="p.eps">{drawn}</object>'
    draft = only(tmp_path, {"items/p.eps": b"%!PS", "items/p.png": PNG}, body=forms)
    ((name, _),) = draft.pictures.items()
    assert (draft.question["stem"], draft.notes) == (f'<img src="upload:{name}" alt="Here is Sam.">', [])
    draft = only(tmp_path, {"items/p.eps": b"%!PS"}, body=forms)
    assert (draft.question["stem"], len(draft.notes)) == ("[Here is Sam.]", 1)
