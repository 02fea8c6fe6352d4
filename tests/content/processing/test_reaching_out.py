"""Documents and packages that reach out or hide: refused by name, while harmless oddities are taken."""

import io
from pathlib import Path
from typing import Any

import pikepdf
import pytest

from tests.content.samples import ZIP_PAGE, action, document, noise, package

from functions.content.processing import documents, texts
from functions.content.processing.archives import packages
from functions.content.processing.rejection import Rejected


def rewritten(body: bytes, folder: Path, *arguments: str) -> dict[str, Any]:
    (folder / "sent").write_bytes(body)
    return documents.rewrite(folder / "sent", folder, *arguments)


def with_image(**changes: Any) -> bytes:
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(document(image=noise()))) as pdf:
        image = pdf.pages[0].Resources.XObject.Im1
        for name, value in changes.items():
            image[f"/{name}"] = value(pdf) if callable(value) else value
        pdf.save(out)
    return out.getvalue()


@pytest.mark.parametrize(
    "root",
    [
        {"OpenAction": action("GoToR", F="other.pdf")},
        {"OpenAction": action("URI", URI="\\\\server\\share")},
        {"OpenAction": action("URI", URI="//server/share")},
        {"OpenAction": action("URI", URI=" java\tscript:alert(1)")},
        {"OpenAction": action("URI", URI="ms-word:ofe|u|x")},
        {"URI": pikepdf.Dictionary(Base="file:///c:/")},
        {"Extra": pikepdf.Dictionary(Type=pikepdf.Name.Filespec, UF="\\\\server\\share")},
        {"Extra": pikepdf.Dictionary(F="file:///etc/hosts")},
        {"Extra": pikepdf.Dictionary(F="a", EF=pikepdf.Dictionary())},
        {"Extra": pikepdf.Dictionary(OnInstantiate="x")},
    ],
    ids=lambda root: next(iter(root)),
)
def test_a_document_that_reaches_out_is_refused(tmp_path: Path, root: dict[str, Any]) -> None:
    with pytest.raises(Rejected, match=r"^The document holds "):
        rewritten(document(**root), tmp_path)


def test_data_in_another_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Rejected, match="another file"):
        rewritten(with_image(F=pikepdf.String("x.jpg")), tmp_path)


@pytest.mark.parametrize("link", ["doi:10.1000/182", "sms:+2348012345678", "www.example.org:8080/a", "chapter 2: b"])
def test_an_unusual_but_harmless_link_is_kept(tmp_path: Path, link: str) -> None:
    assert "note" not in rewritten(document(OpenAction=action("URI", URI=link)), tmp_path)
    with pikepdf.open(tmp_path / "original") as pdf:
        assert str(pdf.Root.OpenAction.URI) == link


def test_a_link_of_an_unknown_kind_is_taken_out_and_told(tmp_path: Path) -> None:
    assert "note" in rewritten(document(OpenAction=action("URI", URI="zoommtg://join")), tmp_path)


def test_metadata_goes_and_the_title_stays(tmp_path: Path) -> None:
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(document())) as pdf:
        pdf.docinfo["/Author"] = "Ada Obi"
        pdf.Root.Metadata = pdf.make_stream(b"<x>Ada Obi</x>")
        pdf.save(out)
    assert rewritten(out.getvalue(), tmp_path, "without_metadata")["title"] == "Leaves"
    with pikepdf.open(tmp_path / "original") as pdf:
        assert "/Author" not in pdf.docinfo and "/Metadata" not in pdf.Root and str(pdf.docinfo["/Title"]) == "Leaves"


@pytest.mark.parametrize(
    "changes",
    [
        {"Mask": pikepdf.Array([0, 5, 0, 5, 0, 5])},
        {"Decode": pikepdf.Array([1, 0, 1, 0, 1, 0])},
        {"ColorSpace": pikepdf.Name.DeviceCMYK},
    ],
    ids=lambda changes: next(iter(changes)),
)
def test_a_picture_that_is_more_than_its_samples_is_left_as_it_was(tmp_path: Path, changes: dict[str, Any]) -> None:
    rewritten(with_image(**changes), tmp_path)
    assert not (tmp_path / "low").exists()


def test_a_document_that_breaks_off_or_is_joined_is_refused(tmp_path: Path) -> None:
    whole = document(image=noise())
    for body in (whole[: len(whole) // 2], whole + whole):
        with pytest.raises(Rejected, match=r"breaks off|joined"):
            rewritten(body, tmp_path)


@pytest.mark.parametrize(
    ("files", "reason"),
    [
        ({**ZIP_PAGE, "./app.js": b"x"}, "two files of one name: 'app.js' and './app.js'"),
        ({**ZIP_PAGE, "caf\u00e9.js": b"x", "cafe\u0301.js": b"y"}, "two files of one name"),
        ({**ZIP_PAGE, "photo.png": package({"a": b"x"})}, "'photo.png' is an archive"),
        ({**ZIP_PAGE, **{f"{name}.txt": b"\0" * (1 << 20) for name in range(30)}}, "more than 100 times its size"),
    ],
)
def test_a_package_is_refused_with_the_file_named(tmp_path: Path, files: dict[str, bytes], reason: str) -> None:
    (tmp_path / "sent.zip").write_bytes(package(files))
    with pytest.raises(Rejected) as refused:
        packages.repack(tmp_path / "sent.zip", tmp_path)
    assert reason in str(refused.value)


def test_markdown_keeps_mathematics_headings_and_words_apart(tmp_path: Path) -> None:
    (tmp_path / "sent").write_text("# On *sets*\n\n## More\n\n\\(a_1 < b_2\\) and $$x\\\\y$$\n\n- one\n- two & three")
    facts = texts.sanitise_file(tmp_path / "sent", tmp_path, "text/markdown")
    kept = (tmp_path / "original").read_text()
    assert "<h2>On <em>sets</em></h2>" in kept and "<h3>More</h3>" in kept
    assert "\\(a_1 &lt; b_2\\)" in kept and "$$x\\\\y$$" in kept
    assert facts["title"] == "On sets" and facts["excerpt"].endswith("one two & three")
    assert facts["wordCount"] == 10


@pytest.mark.parametrize("line", ["<?php eval($_GET[1]);", "EICAR-STANDARD-ANTIVIRUS-TEST-FILE is a test", "MZ begins"])
def test_a_teaching_text_is_a_text(tmp_path: Path, line: str) -> None:
    from functions.content.processing import file_type, scanner

    (tmp_path / "sent").write_text(line)
    file_type.check_type(tmp_path / "sent", "text/plain")
    scanner.scan(tmp_path / "sent", "text/plain")
