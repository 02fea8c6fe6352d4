"""The console's files: what is served, small, and allowed to reach nothing but its own API."""

import gzip
import re
from pathlib import Path

from tests.support.http import Client

FOLDER = Path(__file__).parents[2] / "functions/system/console"
MOST_BYTES = 60_000
"""Of everything together, compressed."""


def test_the_page_and_all_that_it_names_are_served(client: Client) -> None:
    page = client.get("/console")
    assert page.headers["Content-Type"] == "text/html; charset=utf-8"
    named = re.findall(r'(?:href|src)="(console/[^"]+)"', page.body)
    assert sorted(named) == ["console/modules/app.js", "console/style.css"]
    waiting, seen = [f"/{name}" for name in named], set()
    while waiting:
        path = waiting.pop()
        seen.add(path)
        answer = client.get(path)
        assert answer.status == 200
        imported = [f"/console/modules/{name}" for name in re.findall(r'from "\./(\w+\.js)"', answer.body)]
        waiting += [each for each in imported if each not in seen]
    assert {Path(path).name for path in seen if path.endswith(".js")} == {
        file.name for file in (FOLDER / "modules").iterdir()
    }


def test_its_policy_admits_its_own_files_and_its_own_api(client: Client) -> None:
    policy = client.get("/console").headers["Content-Security-Policy"]
    assert "default-src 'none'; script-src 'self'; style-src 'self'" in policy and "unsafe" not in policy
    assert re.search(r"connect-src 'self' https://s3\.[\w.-]+\.amazonaws\.com/lyceum-files-test;", policy)


def test_what_is_no_module_is_not_there(client: Client) -> None:
    assert client.get("/console/modules/nowhere.js").status == 404
    assert client.get("/console/modules/..%2Findex.html").status in {400, 404}
    assert client.get("/console/modules/index.html").status == 400


def test_all_of_it_is_small_and_keeps_nothing_in_the_browser() -> None:
    files = [file for file in FOLDER.rglob("*") if file.is_file()]
    assert sum(len(gzip.compress(file.read_bytes())) for file in files) <= MOST_BYTES
    text = "".join(file.read_text() for file in files)
    assert not re.search(r"localStorage|sessionStorage|document\.cookie|innerHTML|eval\(", text)


def test_every_word_is_there_in_both_languages() -> None:
    text = (FOLDER / "modules/words.js").read_text()
    english, french = (set(re.findall(r"(\w+): \"", part)) for part in text.split("  fr: {"))
    assert english == french and len(english) > 40
    used = set(re.findall(r"\bt\(\"(\w+)\"\)", "".join(each.read_text() for each in FOLDER.rglob("*.js"))))
    assert used <= english
