"""The demonstration's own file: most types of question, one that the bank has already, one that is wrong."""

import json
from pathlib import Path

from demo.load import demo_id
from lyceum.kit.table import write_many
from lyceum.model.catalog import Topic
from tests.imports.conftest import Importer

DEMO = Path(__file__).parents[2] / "demo"


def test_the_demonstrations_file_shows_every_outcome(importer: Importer) -> None:
    tree = json.loads((DEMO / "catalogue.json").read_text())
    place = {"course_id": importer.course_id, "department_id": "D"}
    write_many(
        [
            Topic(topic_id=demo_id(each["key"]), title=each["title"], order=9, **place)
            for each in tree["topics"]
            if each["course"] == "mth-101"
        ]
    )
    rows = importer.rows(
        importer.parsed((DEMO / "import.csv").read_text(), defaults={"courseId": importer.course_id}), limit=50
    )
    assert [row["outcome"] for row in rows] == ["create"] * 10 + ["wrong"]
    assert len({row["question"]["type"] for row in rows}) == 9
    assert [problem["field"] for problem in rows[-1]["problems"]] == ["correct"]
    assert rows[9]["question"]["stem"] in {
        question["stem"] for question in json.loads((DEMO / "questions.json").read_text())
    }
