"""The TypeScript client: generated parts follow the document, all of it is typed, small, and passes its own tests."""

import gzip
import json
import re
import shutil
from pathlib import Path

import pytest

from tests.clients.conftest import NODE, ROOT, run
from tools.clients import typescript

HOME = ROOT / "clients/typescript"
CORE_BYTES, ALL_BYTES = 8 * 1024, 20 * 1024


def test_what_is_generated_is_what_the_document_says() -> None:
    made = typescript.generated(json.loads((ROOT / "docs/openapi.json").read_text()))
    assert [path.name for path, text in made.items() if path.read_text() != text] == []


def test_the_runtime_holds_to_its_types() -> None:
    run(NODE / "tsc", "--project", HOME)


def test_its_own_tests_pass() -> None:
    run("node", "--test", *sorted(HOME.glob("tests/*.test.mjs")))


@pytest.fixture(scope="session")
def packed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The client as it is packed for others, with declarations of its types beside its modules."""
    place = tmp_path_factory.mktemp("packed")
    for part in ("src", "generated", "package.json", "tsconfig.json"):
        copy = shutil.copytree if (HOME / part).is_dir() else shutil.copy
        copy(HOME / part, place / part)
    command = json.loads((place / "package.json").read_text())["scripts"]["prepack"].split()
    run(NODE / command[0], "--project", place, *command[1:])
    return place


def test_every_operation_is_callable_and_typed(packed: Path, tmp_path: Path) -> None:
    names = re.findall(r"^export const (\w+) ", (HOME / "generated/operations.js").read_text(), flags=re.MULTILINE)
    assert len(names) > 600
    calls = [f'calls.push(client.call("{name}", asked as Call<"{name}">));' for name in names]
    head = [
        f'import {{ Client, LyceumError }} from "{packed}/src/index.js";',
        f'import * as operations from "{packed}/generated/operations.js";',
        f'import type {{ Call }} from "{packed}/src/types.js";',
        'const client = new Client({ url: "http://127.0.0.1", operations });',
        "const calls: Promise<unknown>[] = [];",
        "declare const asked: any;",
    ]
    (tmp_path / "calls.ts").write_text("\n".join([*head, *calls, _USES]))
    shared = json.loads((HOME / "tsconfig.json").read_text())["compilerOptions"]
    settings = {"compilerOptions": {**shared, "allowJs": False, "checkJs": False}, "files": ["calls.ts"]}
    (tmp_path / "tsconfig.json").write_text(json.dumps(settings))
    run(NODE / "tsc", "--project", tmp_path)


def test_the_page_calls_operations_that_there_are() -> None:
    names = set(re.findall(r"^export const (\w+) ", (HOME / "generated/operations.js").read_text(), flags=re.MULTILINE))
    page = (ROOT / "docs/clients.md").read_text()
    called = set(re.findall(r'(?:call|ask|each)\("(\w+)"|operation: "(\w+)"', page))
    assert {name for pair in called for name in pair if name} <= names


_USES = """
async function uses() {
  const courses = await client.call("listCourses", { query: { limit: 5 } });
  const title: string = courses[0].title;
  const some = await client.call("listCourses", { query: { fields: "title" } });
  const perhaps: string | undefined = some[0].title;
  for await (const course of client.each("listCourses")) course.courseId.length;
  const [one, two] = await client.batch([
    { operation: "listCourses" }, { operation: "showCourse", path: { courseId: "x" } },
  ] as const);
  if (!two.error) two.data.courseId.length;
  if (!one.error) one.data[0].courseId.length;
  // @ts-expect-error the path is missing
  client.call("showCourse");
  // @ts-expect-error there is no such parameter
  client.call("listCourses", { query: { colour: "red" } });
  // @ts-expect-error there is no such operation
  client.call("paintCourses");
  // @ts-expect-error this is no list
  client.each("showCourse", { path: { courseId: "x" } });
  try { await client.call("startExam", { body: { mode: "practice" } }); }
  catch (error) { if (LyceumError.is(error, "RATE_LIMITED")) error.retryAfter; }
  return [title, perhaps];
}
"""


_BARE = """
const { transpileModule } = require("typescript");
const compilerOptions = { removeComments: true, target: "esnext", module: "esnext" };
const bare = (path) => transpileModule(require("fs").readFileSync(path, "utf8"), { compilerOptions }).outputText;
process.stdout.write(JSON.stringify(process.argv.slice(1).map(bare)));
"""


def test_it_is_small() -> None:
    core = ["answers", "batches", "client", "errors", "exchange", "index", "platform", "requests", "retries", "session"]
    core += ["stores"]
    more = ["uploads", "sync/index", "sync/queue", "sync/effects", "live/index", "live/stream"]
    assert _packed(core) <= CORE_BYTES
    assert _packed(core + more) <= ALL_BYTES


def _packed(modules: list[str]) -> int:
    """Return how many bytes modules have on the wire, without their comments and margins."""
    texts = json.loads(run("node", "-e", _BARE, *(HOME / "src" / f"{name}.js" for name in modules)))
    plain = "".join(re.sub(r"^\s+", "", text, flags=re.MULTILINE) for text in texts)
    return len(gzip.compress(plain.encode(), 9))
