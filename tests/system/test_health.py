"""Health tells what the product leans on, models and their trainings among it."""

from typing import Any

import pytest

from lyceum.kit.jobs.tenants import JobIncomplete
from tests.support.clock import Clock
from tests.support.http import Client
from tests.support.jobs import run

from functions.ai import jobs
from functions.ai.model.bedrock import Bedrock
from functions.ai.model.port import ModelDown
from functions.ai.prediction import training


def circuits(client: Client) -> dict[str, dict[str, Any]]:
    return {each["name"]: each for each in client.get("/api/health").data["models"]}


def test_models_and_trainings_are_shown_with_what_happens_while_they_are_down(client: Client) -> None:
    reply = client.get("/api/health")
    assert reply.cost.operations == ["BatchGetItem"]
    shown = {each["name"]: (each["kind"], each["state"], bool(each["fallback"])) for each in reply.data["models"]}
    trainings = {f"training.{name}": ("training", "up", True) for name in ("success", "dropout", "insights")}
    assert shown == {"language_model": ("language_model", "up", True), **trainings}


def test_a_training_that_fails_three_times_in_a_row_is_left_out_for_a_night_and_then_tried(
    client: Client, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    tries: list[str] = []

    def broken(model_id: str, *_: Any) -> None:
        tries.append(model_id)
        raise ArithmeticError

    whole = training.retrain
    monkeypatch.setattr(training, "retrain", broken)
    for night in (1, 2, 3):
        with pytest.raises(JobIncomplete):
            run(jobs, "train_models")
        clock.advance(days=1)
        assert len(tries) == night
    down = circuits(client)["training.success"]
    assert (down["state"], down["failures"], client.get("/api/health").data["status"]) == ("down", 3, "ok")
    monkeypatch.setattr(training, "retrain", whole)
    run(jobs, "train_models")
    assert circuits(client)["training.success"]["state"] == "down", "this night it is left out"
    clock.advance(days=1)
    run(jobs, "train_models")
    assert circuits(client)["training.success"]["state"] == "up", "few outcomes are no failure"


def test_a_model_that_stays_down_is_shown(client: Client, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    def down(*_: Any) -> None:
        raise ModelDown

    monkeypatch.setattr(Bedrock, "ask", down)
    teacher = client.as_("instructor")
    levels = [{"id": "low", "text": "Thin."}, {"id": "top", "text": "Full."}]
    essay = {
        "text": "Rivers carry water to the sea. " * 3,
        "criteria": [{"id": "a", "text": "Depth", "levels": levels}],
    }
    replies = [teacher.post("/api/ai/grade-essay", essay) for _ in range(5)]
    assert {each.status for each in replies} == {503}, replies[0].json
    shown = circuits(client)["language_model"]
    assert (shown["state"], shown["failures"]) == ("down", 5)
