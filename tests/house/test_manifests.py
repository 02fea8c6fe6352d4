"""Manifests name what there is, all of it, and what does not fit is refused with the mend."""

import dataclasses
from collections.abc import Sequence
from pathlib import Path

import pytest

from infra.functions import FUNCTIONS, DoesNotFit, check, collect, families, forgotten_doors
from infra.routes import events_of, tasks_of
from lyceum.kit.manifest import Function, Http, Queue, Schedule
from lyceum.model.courses.course import Course
from lyceum.model.users.account import User
from tools.declared import entities, messages


def without(name: str) -> list[Function]:
    return [function for function in FUNCTIONS if function.name != name]


def changed(name: str, **changes: object) -> list[Function]:
    return [
        dataclasses.replace(function, **changes) if function.name == name else function  # type: ignore[arg-type]
        for function in FUNCTIONS
    ]


def refusal(functions: Sequence[Function]) -> str:
    with pytest.raises(DoesNotFit) as refused:
        check(functions)
    return str(refused.value)


def test_everything_fits() -> None:
    check(FUNCTIONS)


def test_an_entity_stands_for_its_own_family_and_an_index_for_its_own() -> None:
    row = Function("http", Queue(), reads=(User, Course.index("gsi1"))).within("exams")
    assert {"USER", "COURSES"} == set(families(row, writes=False)) - {"SEEN", "OUT", "CONFIG"}


def test_an_index_that_is_not_there_is_refused() -> None:
    with pytest.raises(LookupError, match="UserCount has no index gsi1"):
        next(entity for entity in entities() if entity.__name__ == "UserCount").index("gsi1")


def test_a_domain_without_a_manifest_is_refused(tmp_path: Path) -> None:
    (tmp_path / "left_behind" / "__pycache__").mkdir(parents=True)
    (tmp_path / "chess").mkdir()
    (tmp_path / "chess" / "http.py").touch()
    assert collect(tmp_path) == ()
    for wanted in ("lambdas", "__init__"):
        with pytest.raises(DoesNotFit, match=rf"write functions/chess/{wanted}\.py"):
            check(FUNCTIONS, tmp_path)
        (tmp_path / "chess" / f"{wanted}.py").touch()
    check(FUNCTIONS, tmp_path)


def test_a_row_without_its_module_is_refused() -> None:
    extra = Function("http.nothing", Http()).within("exams")
    assert "there is no functions/exams/http/nothing.py" in refusal([*FUNCTIONS, extra])


def test_a_row_whose_module_declares_something_else_is_refused() -> None:
    assert "functions/users/http.py declares no `consumer`" in refusal(changed("users", trigger=Queue()))
    assert "functions/exams/events/sessions.py declares no `jobs`" in refusal(
        changed("exams-sessions", trigger=Schedule())
    )


@pytest.mark.parametrize(
    ("name", "row"),
    [
        ("exams-papers", 'Function("http.papers", Http(), ...)'),
        ("imports-write", 'Function("events.write", Queue(), ...)'),
        ("content-jobs", 'Function("jobs", Schedule(), ...)'),
    ],
)
def test_routes_reactions_and_jobs_without_a_row_are_refused(name: str, row: str) -> None:
    assert f"add {row} to functions/" in refusal(without(name))


@pytest.mark.parametrize(
    ("declared", "mend"),
    [
        ('api = Api("chess")', 'add Function("http", Http(), ...) to functions/chess/lambdas.py'),
        ('routes: Api = http.Api("chess")', "to functions/chess/lambdas.py, and call its Api `api`"),
        ("consumer = Consumer(\n)", 'add Function("http", Queue(), ...) to functions/chess/lambdas.py'),
    ],
)
def test_a_door_is_found_however_it_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, declared: str, mend: str
) -> None:
    (tmp_path / "functions" / "chess").mkdir(parents=True)
    (tmp_path / "functions" / "chess" / "http.py").write_text(declared)
    monkeypatch.setattr("infra.functions.FUNCTIONS_FOLDER", tmp_path / "functions")
    monkeypatch.setattr("infra.functions.ROOT", tmp_path)
    assert [mend in complaint for complaint in forgotten_doors([])] == [True]


def test_a_second_door_in_a_module_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "functions" / "chess").mkdir(parents=True)
    (tmp_path / "functions" / "chess" / "http.py").write_text('api = Api("chess")\nconsumer = Consumer("chess")\n')
    monkeypatch.setattr("infra.functions.FUNCTIONS_FOLDER", tmp_path / "functions")
    monkeypatch.setattr("infra.functions.ROOT", tmp_path)
    (complaint,) = forgotten_doors([Function("http", Http()).within("chess")])
    assert (
        complaint
        == "functions/chess/http.py is one Lambda, and `consumer` asks for another: give it a module of its own"
    )


def test_an_entity_that_no_manifest_names_is_refused() -> None:
    message = refusal(without_entity("Suppression"))
    assert "no manifest names lyceum.model.notifications.deliveries.Suppression" in message


def without_entity(name: str) -> list[Function]:
    return [
        dataclasses.replace(
            function,
            reads=tuple(stored for stored in function.reads if getattr(stored, "__name__", "") != name),
            writes=tuple(stored for stored in function.writes if stored.__name__ != name),
        )
        for function in FUNCTIONS
    ]


def test_two_functions_of_one_name_are_refused() -> None:
    extra = Function("other.delivery", Http()).within("exams")
    assert "would both be called exams-delivery" in refusal([*FUNCTIONS, extra])


def test_new_objects_have_a_queue_of_their_own() -> None:
    assert "Queue(objects=...)" in refusal(changed("exams-sessions", trigger=Queue(objects="uploads/")))
    assert "Queue(objects=...)" in refusal(changed("content-processing", trigger=Queue()))


def test_names_are_short_enough_for_every_stage() -> None:
    assert all(len(f"lyceum-staging-{function.name}") <= 64 for function in FUNCTIONS)


def test_every_task_is_for_the_one_function_whose_consumer_names_it() -> None:
    carried_out = {task.name: function.name for function in FUNCTIONS for task in tasks_of(function)}
    declared = {name: message.worker for name, message in messages().items() if hasattr(message, "worker")}
    assert carried_out == declared


def test_a_queue_is_filled_from_one_place() -> None:
    for function in FUNCTIONS:
        assert len({event.source for event in events_of(function)}) <= 1, function.name


def test_every_family_that_is_stored_is_reached() -> None:
    stored = {entity.keys.family for entity in entities() if hasattr(entity, "keys")}
    reached = {
        family for function in FUNCTIONS for writes in (False, True) for family in families(function, writes=writes)
    }
    assert stored <= reached


def test_a_function_that_administers_reads_its_callers_rights() -> None:
    (row,) = [function for function in FUNCTIONS if function.name == "catalog"]
    blind = changed("catalog", reads=tuple(each for each in row.reads if each is not User))
    assert "add User and Session to `reads` of its row in functions/catalog/lambdas.py" in refusal(blind)
