"""A stage that is asleep asks no queue and runs no schedule, and wakes as it was."""

from typing import Any

import pytest

from infra.settings import Stage
from infra.sleep import NotPutToSleep, main, switch

DEV = Stage.load("dev")


class Cloud:
    """Two functions behind queues and one behind the stream of a stage, another stage beside it, and one schedule."""

    def __init__(self) -> None:
        places = {
            "mail": ("lyceum-dev-notifications-mail:live", "sqs"),
            "stream": ("lyceum-dev-outbox-stream:live", "dynamodb"),
            "other": ("lyceum-staging-notifications-mail:live", "sqs"),
        }
        self.mappings = {
            uuid: {
                "UUID": uuid,
                "FunctionArn": f"arn:aws:lambda:eu-west-1:1:function:{function}",
                "EventSourceArn": f"arn:aws:{kind}:eu-west-1:1:x",
                "State": "Enabled",
            }
            for uuid, (function, kind) in places.items()
        }
        self.schedule: dict[str, Any] = {
            "Name": "lyceum-dev-exams-jobs-sweep",
            "GroupName": "default",
            "State": "ENABLED",
            "ScheduleExpression": "rate(1 minute)",
            "FlexibleTimeWindow": {"Mode": "OFF"},
            "Target": {"Arn": "a", "RoleArn": "b", "Input": '{"job": "sweep"}'},
        }
        self.calls = 0

    def get_paginator(self, name: str) -> "Cloud":
        self.asked = name
        return self

    def paginate(self, **asked: Any) -> list[dict[str, Any]]:
        if self.asked == "list_schedules":
            assert asked == {"NamePrefix": "lyceum-dev-"}
            return [{"Schedules": [self.schedule]}]
        return [{"EventSourceMappings": [each]} for each in self.mappings.values()]

    def update_event_source_mapping(self, UUID: str, Enabled: bool) -> None:  # noqa: N803 - as AWS calls them
        self.calls += 1
        self.mappings[UUID]["State"] = "Enabled" if Enabled else "Disabled"

    def get_schedule(self, Name: str, GroupName: str) -> dict[str, Any]:  # noqa: N803 - as AWS calls them
        assert (Name, GroupName) == (self.schedule["Name"], self.schedule["GroupName"])
        return self.schedule | {"Arn": "arn", "CreationDate": "then", "ResponseMetadata": {}}

    def update_schedule(self, **told: Any) -> None:
        self.calls += 1
        self.schedule = told

    def states(self) -> dict[str, str]:
        return {uuid: each["State"] for uuid, each in self.mappings.items()} | {"schedule": self.schedule["State"]}


def test_queues_and_schedules_of_the_stage_alone_sleep_and_wake_as_they_were() -> None:
    cloud = Cloud()
    before, schedule = cloud.states(), dict(cloud.schedule)
    assert switch(DEV, cloud, cloud, awake=False) == 2
    assert cloud.states() == before | {"mail": "Disabled", "schedule": "DISABLED"}
    assert switch(DEV, cloud, cloud, awake=True) == 2
    assert (cloud.states(), cloud.schedule) == (before, schedule)


def test_what_is_as_it_should_be_is_not_touched() -> None:
    cloud = Cloud()
    assert switch(DEV, cloud, cloud, awake=True) == 0
    assert cloud.calls == 0


@pytest.mark.parametrize("name", ["prod", "local"])
def test_production_and_the_local_stack_are_not_put_to_sleep(name: str) -> None:
    cloud = Cloud()
    with pytest.raises(NotPutToSleep):
        switch(Stage.load(name), cloud, cloud, awake=False)
    assert cloud.calls == 0


def test_production_is_refused_before_any_credentials_are_asked_for(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("AWS_DEFAULT_REGION")
    monkeypatch.setenv("AWS_CONFIG_FILE", "/dev/null")
    assert main("sleep", "prod") == 1
    assert main("sleep", "dev") == 1
    assert capsys.readouterr().err.splitlines() == [
        "prod stays as it is: production is not put to sleep",
        "dev stays as it is: You must specify a region.",
    ]
