"""A tenant's own synonyms are read from a file and stored in place of those before."""

from pathlib import Path

import pytest

from lyceum.model.search import SearchSynonyms
from tools import search_synonyms


def test_synonyms_of_a_file_are_stored_in_place_of_those_before(
    tenant: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(search_synonyms, "point_at", lambda _stage: None)
    file = tmp_path / "synonyms.json"
    for text in ('[["ọgbà", "garden"], ["a", "b"]]', '[["ọgbà", "garden"]]'):
        file.write_text(text)
        assert search_synonyms.main(["dev", tenant, str(file)]) == 0
    assert SearchSynonyms.require().groups == [["ọgbà", "garden"]]
    for wrong in ("{}", "[[1, 2]]", '[["alone"]]', "no JSON", '[["a", " "]]'):
        file.write_text(wrong)
        assert search_synonyms.main(["dev", tenant, str(file)]) == 1
    assert SearchSynonyms.require().groups == [["ọgbà", "garden"]]
    assert search_synonyms.main(["dev", tenant, str(tmp_path / "missing")]) == 1
    assert "expected" in capsys.readouterr().err
