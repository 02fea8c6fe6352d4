"""Words: marks, spellings, plurals, codes and formulas, in documents and queries alike."""

import unicodedata
from pathlib import Path

import pytest

from lyceum.search import synonyms
from lyceum.search.documents import Document
from lyceum.search.embedded.index import TantivyIndex
from lyceum.search.folding import alternatives, codes, marked_words, query_words, words
from lyceum.search.highlighting import Marker
from lyceum.search.queries import Change, Search

YORUBA = ("Ọ̀rọ̀ àkọ́kọ́ ní èdè Yorùbá", "Oro akoko ni ede Yoruba")
IGBO = ("Ụlọ akwụkwọ nke Ọnịcha", "Ulo akwukwo nke Onicha")
HAUSA = ("Ƙasar Ɓauchi da ɗaliɓai", "Kasar Bauchi da dalibai")
FRENCH = ("Les théorèmes à démontrer où l'élève hésite", "Les theoremes a demontrer ou l'eleve hesite")


@pytest.fixture
def index(tmp_path: Path) -> TantivyIndex:
    return TantivyIndex(tmp_path, synonyms.usual() | synonyms.table_of([["ọgbà", "garden", "compound of a house"]]))


def fill(index: TantivyIndex, *titles: str, language: str | None = None) -> None:
    documents = [
        Document("course", str(number), title, facets={"language": language}) for number, title in enumerate(titles)
    ]
    index.apply(Change(each.key, (1, 0), each.as_json()) for each in documents)


def titles(index: TantivyIndex, text: str) -> list[str]:
    return [hit.document["title"] for hit in index.search(Search(("public",), text)).hits]


@pytest.mark.parametrize("pair", [YORUBA, IGBO, HAUSA, FRENCH])
def test_marked_unmarked_composed_and_decomposed_queries_find_the_same(
    index: TantivyIndex, pair: tuple[str, str]
) -> None:
    marked, bare = pair
    fill(index, marked, bare, "Something else")
    spellings = [marked, bare, unicodedata.normalize("NFC", marked), unicodedata.normalize("NFD", marked), bare.upper()]
    assert {tuple(sorted(titles(index, each))) for each in spellings} == {tuple(sorted(pair))}
    for word in marked.split():
        found = {tuple(sorted(titles(index, unicodedata.normalize(form, word)))) for form in ("NFC", "NFD")}
        assert len(found) == 1
        assert marked in next(iter(found))


def test_exact_marks_rank_first_since_tone_tells_words_apart(index: TantivyIndex) -> None:
    fill(index, "ọkọ́ ni", "ọkọ̀ ni", "oko ni")
    assert titles(index, "ọkọ̀")[0] == "ọkọ̀ ni"
    assert titles(index, "ọkọ́")[0] == "ọkọ́ ni"
    assert sorted(titles(index, "oko")) == sorted(["ọkọ́ ni", "ọkọ̀ ni", "oko ni"])
    assert marked_words("plain words") == []


def test_british_and_american_spellings_meet() -> None:
    for british, american in {
        "colour": "color", "colours": "colors", "labourers": "laborers", "honourable": "honorable",
        "organise": "organize", "organisation": "organization", "realised": "realized", "analyse": "analyze",
        "centre": "center", "fibres": "fibers", "metre": "meter", "catalogue": "catalog", "dialogues": "dialogs",
        "travelled": "traveled", "modelling": "modeling", "haemoglobin": "hemoglobin", "oesophagus": "esophagus",
        "anaemia": "anemia", "sulphur": "sulfur", "aluminium": "aluminum", "programme": "program", "grey": "gray",
        "maths": "mathematics", "defence": "defense", "cheques": "checks", "paediatrics": "pediatrics",
    }.items():  # fmt: skip
        assert set(alternatives(british)) & set(alternatives(american)), (british, american)
    for one, other in (("hour", "horn"), ("four", "for"), ("course", "corse"), ("rice", "rise")):
        assert not set(alternatives(one)) & set(alternatives(other))


def test_plurals_are_undone_by_the_language_of_the_text(index: TantivyIndex) -> None:
    for plural, singular in {
        "classes": "class", "theories": "theory", "boxes": "box", "matrices": "matrix", "children": "child",
        "analyses": "analysis", "cells": "cell", "glass": "glass", "bus": "bus",
    }.items():  # fmt: skip
        assert words(plural, "en") == words(singular, "en"), plural
    for plural, singular in {"chevaux": "cheval", "tableaux": "tableau", "élèves": "élève", "jeux": "jeu"}.items():
        assert words(plural, "fr") == words(singular, "fr"), plural
    assert words("ojúmọ́s", "yo") == ["ojumos"], "other languages have no such endings"
    fill(index, "Animaux et chevaux", language="fr")
    assert titles(index, "cheval") == titles(index, "chevaux") == titles(index, "animal") == ["Animaux et chevaux"]


def test_codes_of_courses_are_found_however_they_are_spaced(index: TantivyIndex) -> None:
    fill(index, "MTH 101 Algebra", "MTH 102 Calculus", "PHY101 Motion")
    for text in ("MTH 101", "mth101", "MTH-101", "Mth 101"):
        assert titles(index, text)[0] == "MTH 101 Algebra", text
    assert titles(index, "phy 101")[0] == "PHY101 Motion"
    assert codes("see mth 101 and CHM-201L") == ["mth101", "chm201l"]


def test_formulas_are_found_by_their_tokens(index: TantivyIndex) -> None:
    fill(index, r"Solve \(\frac{a}{b} = \sqrt{x^{2} + 1}\)", r"Sum of $$\sum_{i} n_i^2$$", "Fractions in words")
    assert titles(index, r"\frac") == titles(index, "x^2") == titles(index, "x^{2}")
    assert titles(index, r"\frac") == [r"Solve \(\frac{a}{b} = \sqrt{x^{2} + 1}\)"]
    assert titles(index, r"\sum") == [r"Sum of $$\sum_{i} n_i^2$$"]
    assert titles(index, "sqrt") == [r"Solve \(\frac{a}{b} = \sqrt{x^{2} + 1}\)"]


def test_misspelt_words_are_found_and_said_to_be_corrected(index: TantivyIndex) -> None:
    fill(index, "Photosynthesis of plants", "Respiration of animals", "Cat")
    for text in ("fotosynthesis", "photosinthesis", "plamts", "photosynthesis platns"):
        found = index.search(Search(("public",), text))
        assert [hit.document["title"] for hit in found.hits][:1] == ["Photosynthesis of plants"], text
        assert found.is_corrected
    assert titles(index, "cta") == [], "short words are meant as they stand"
    assert not index.search(Search(("public",), "plants")).is_corrected


def test_synonyms_of_everybody_and_of_the_tenant_are_found(index: TantivyIndex) -> None:
    fill(index, "Economics for beginners", "Machine learning", "The garden", "A compound of a house")
    assert titles(index, "econs") == ["Economics for beginners"]
    assert titles(index, "ml") == ["Machine learning"]
    assert set(titles(index, "ogba")) == {"The garden", "A compound of a house"}
    assert "The garden" in titles(index, "compound of a house")


def test_matches_are_marked_in_the_text_as_it_was_written() -> None:
    marker = Marker("yoruba colours plamts")
    assert marker.whole("Yorùbá <b> & color") == "<mark>Yorùbá</mark> &lt;b&gt; &amp; <mark>color</mark>"
    decomposed = unicodedata.normalize("NFD", "Èdè Yorùbá")
    assert marker.whole(decomposed).count("<mark>") == 1
    assert marker.excerpt("none of it") is None
    excerpt = marker.excerpt("word " * 100 + "plants <i>" + " more" * 100)
    assert excerpt is not None
    assert "<mark>plants</mark> &lt;i&gt;" in excerpt
    assert (excerpt.startswith("… "), excerpt.endswith(" …")) == (True, True)
    assert Marker("mth101").whole("MTH 101") == "<mark>MTH</mark> <mark>101</mark>"
    assert Marker("").whole("a") == "a"


def test_words_that_say_nothing_are_asked_for_only_alone() -> None:
    assert query_words("What is the capital of France?") == ["capital", "france"]
    assert query_words("the who") == ["the", "who"]
    assert query_words("  ?! ") == []
