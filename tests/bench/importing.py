"""Bulk import: rows read and rows written in a second of CPU, the product's alone and with the emulated storage's."""

import time
from collections.abc import Callable

from lyceum.kit.settings import settings
from tests.bench.requests import emulator_apart
from tests.imports.conftest import new_importer
from tests.imports.formats.test_qti import item, packed, response
from tests.imports.workbooks import workbook
from tests.support.cloud import Cloud
from tests.support.http import Client

ROWS = 2_000
_OPTIONS = '<simpleChoice identifier="A">{}</simpleChoice><simpleChoice identifier="B">{}</simpleChoice>'


def _cells(number: int) -> list[str]:
    return [f"What is {number} times seven?", *(str(7 * number + more) for more in range(3))]


def _csv(number: int) -> str:
    return ",".join([*_cells(number), "a"]) + "\n"


def _gift(number: int) -> str:
    stem, right, *others = _cells(number)
    return f"::Q{number}::{stem}{{={right} ~{others[0]}#No ~{others[1]}}}\n\n"


def _aiken(number: int) -> str:
    stem, right, *others = _cells(number)
    return f"{stem}\nA) {right}\nB) {others[0]}\nC) {others[1]}\nANSWER: A\n\n"


def _moodle(number: int) -> str:
    stem, right, wrong, _ = _cells(number)
    return (
        f'<question type="multichoice"><questiontext format="html"><text>{stem}</text></questiontext>'
        f'<single>true</single><answer fraction="100"><text>{right}</text></answer>'
        f'<answer fraction="0"><text>{wrong}</text></answer></question>'
    )


def _qti(number: int) -> str:
    stem, right, wrong, _ = _cells(number)
    return item(
        f'<p>{stem}</p><choiceInteraction responseIdentifier="R" maxChoices="1">'
        f"{_OPTIONS.format(right, wrong)}</choiceInteraction>",
        response("A"),
    )


def _files() -> dict[str, bytes]:
    numbers = range(ROWS)
    texts = {
        "csv": "stem,a,b,c,correct\n" + "".join(map(_csv, numbers)),
        "gift": "".join(map(_gift, numbers)),
        "aiken": "".join(map(_aiken, numbers)),
        "moodle_xml": f"<quiz>{''.join(map(_moodle, numbers))}</quiz>",
    }
    sheet = workbook([["stem", "a", "b", "c", "correct"], *([*_cells(number), "a"] for number in numbers)])
    package = packed({f"item-{number}.xml": _qti(number) for number in numbers})
    return {"xlsx": sheet, "qti": package, **{kind: text.encode() for kind, text in texts.items()}}


def table(cloud: Cloud) -> list[str]:
    """Import files and return the rows of a Markdown table."""
    rows = ["| what | rows a second | with the emulator |", "|---|---|---|"]
    with cloud.new_tenant() as tenant:
        importer = new_importer(Client(cloud, tenant))
        for kind, body in _files().items():
            job_id = str(importer.open(None, kind, sizeBytes=len(body)).data["jobId"])
            cloud.s3.put_object(Bucket=settings().bucket, Key=importer.stored(job_id).key, Body=body)
            rows.append(f"| read {kind} | {_rates(lambda job_id=job_id: importer.arrive(job_id))} |")
            assert importer.shown(job_id)["rows"]["ready"] == ROWS, kind
        importer.confirm(job_id)
        rows.append(f"| write questions with their keys | {_rates(lambda: importer.run(job_id))} |")
        assert importer.shown(job_id)["questionsWritten"] == ROWS
    return rows


def _rates(work: Callable[[], object]) -> str:
    with emulator_apart() as apart:
        started = time.process_time()
        work()
        spent = time.process_time() - started
    return f"{ROWS / (spent - apart.cpu_seconds):.0f} | {ROWS / spent:.0f}"
