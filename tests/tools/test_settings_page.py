"""Every setting and variable is explained, and none is there for nothing."""

import re

from infra.networks import Edge
from infra.routes import ROOT
from infra.settings import Stage
from lyceum.kit.settings import Settings
from tools.settings_page import LOCAL_VARIABLES, meanings, read_by, settings_page

OF_LOGS = {"stage", "function", "search_collection"}
"""Variables that name the deployment to whoever looks at a function, whether code reads them or not: roles name one."""


def test_every_field_has_a_meaning_and_every_meaning_a_field() -> None:
    assert meanings(Settings).keys() == Settings.model_fields.keys()
    assert meanings(Edge).keys() == Edge.model_fields.keys()
    assert meanings(Stage).keys() == Stage.model_fields.keys() - {"name", "edge", "api_edge"}


def test_variables_are_read_by_who_has_a_use_for_them() -> None:
    readers = read_by()
    assert {name for name, functions in readers.items() if not functions} <= OF_LOGS
    assert "notifications-push" in readers["fcm_application"]
    assert "outbox-stream" in readers["parking_queue"]
    assert "exams-delivery" not in readers["parking_queue"]


def test_what_developers_programs_read_is_on_the_page() -> None:
    files = [*(ROOT / "local").rglob("*.py"), ROOT / "tests" / "conftest.py"]
    read = {name for file in files for name in re.findall(r"environ(?:\.get\(|\[)\"(LYCEUM_\w+)\"", file.read_text())}
    assert read <= LOCAL_VARIABLES.keys() | {f"LYCEUM_{name.upper()}" for name in Settings.model_fields}
    assert all(f"`{name}`" in settings_page() for name in LOCAL_VARIABLES)
