"""The documentation page: it asks nobody but the API that it came from, and operations are found by path and words."""

import base64
import hashlib
import re
import shutil
import subprocess

import pytest

from tests.support.http import Client
from tools import build_docs

from functions.system import documentation


def test_the_page_runs_its_own_scripts_and_asks_its_own_server(client: Client) -> None:
    page = client.get("/docs")
    policy = page.headers["Content-Security-Policy"]
    scripts = re.findall(r"<script>(.*?)</script>", page.body, re.DOTALL)
    hashes = ["sha256-" + base64.b64encode(hashlib.sha256(each.encode()).digest()).decode() for each in scripts]
    assert len(scripts) == 2
    assert all(f"'{each}'" in policy for each in hashes)
    assert "connect-src 'self'" in policy
    assert "http://" not in scripts[1]


def test_the_server_is_where_the_document_was_read(client: Client) -> None:
    assert '"servers": [\n  {\n   "url": "."' in build_docs.openapi()
    assert 'url: "openapi.json"' in client.get("/docs").body


@pytest.mark.parametrize("path", ["/docs", "/openapi.json", "/api/health"])
def test_a_head_gets_the_headers_and_no_body(client: Client, path: str) -> None:
    asked, got = client.send("HEAD", path), client.get(path)
    assert (asked.status, asked.body) == (200, "")
    assert asked.headers["Cache-Control"] == got.headers["Cache-Control"]


def test_a_head_of_what_is_not_there_is_refused_without_a_body(client: Client) -> None:
    asked = client.send("HEAD", "/api/nowhere")
    assert (asked.status, asked.body) == (404, "")


@pytest.mark.parametrize(
    ("phrase", "names"),
    [
        ("/api/exams/start", {"startExam"}),
        ("course department", {"createCourse"}),
        ("START exam", {"startExam"}),
        ("nothing like it", set()),
    ],
)
def test_operations_are_found_by_path_and_by_words(phrase: str, names: set[str]) -> None:
    node = shutil.which("node")
    assert node
    script = "global.window = {}; global.SwaggerUIBundle = () => null;" + documentation.script() + LOOK
    done = subprocess.run([node, "-e", script, phrase], capture_output=True, text=True, check=True)
    assert set(done.stdout.split()) == names


LOOK = """
class Lookup {
  constructor(all) { this.all = all }
  get(name) { return this.all[name] }
  set(name, value) { return new Lookup({...this.all, [name]: value}) }
}
class Tags {
  constructor(all) { this.all = all }
  map(change) { return new Tags(this.all.map(([tag, group]) => [tag, change(group, tag)])) }
  keySeq() { return {toArray: () => this.all.map(([tag]) => tag)} }
  filter(keep) { return new Tags(this.all.filter(([tag, group]) => keep(group, tag))) }
}
class List extends Array { get size() { return this.length } }
const operation = (path, method, operationId, summary) => new Lookup(
  {path, method, operation: new Lookup({operationId, summary, description: ""})})
const tagged = new Tags([
  ["exams", new Lookup({operations: List.of(
    operation("/api/exams/start", "post", "startExam", "Start an exam session."))})],
  ["courses", new Lookup({operations: List.of(
    operation("/api/courses", "post", "createCourse", "Add a course to a department."),
    operation("/api/courses", "get", "listCourses", "List courses."))})],
])
const kept = search().fn.opsFilter(tagged, process.argv[1])
const names = (group) => group.get("operations").map((each) => each.get("operation").get("operationId"))
window.docs = {layoutActions: {show: () => null}}
console.log(kept.all.flatMap(([, group]) => names(group)).join(" "))
"""
"""A stand-in for the collections that the page's library hands to its search."""
