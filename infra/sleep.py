"""Puts a stage to sleep and wakes it: `python -m infra.sleep sleep dev`.

Asleep, nobody waits at its queues and no schedule runs; requests are answered, and what they put into queues stays for
four days. A deployment leaves what it does not change asleep.
"""

import sys
from typing import Any

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from infra.settings import Stage, UnfitSettings

VERBS = {"sleep": False, "wake": True}
_GIVEN_BACK = (
    "Description",
    "EndDate",
    "FlexibleTimeWindow",
    "GroupName",
    "KmsKeyArn",
    "Name",
    "ScheduleExpression",
    "ScheduleExpressionTimezone",
    "StartDate",
    "Target",
)
"""What a schedule is: a change of its state has to say all of it again."""


class NotPutToSleep(ValueError):
    """This stage does not sleep; the message says why."""


def require_sleeping(stage: Stage, *, awake: bool) -> None:
    """Raise NotPutToSleep for a stage that people rely on, and for the local one, which is stopped instead."""
    if stage.is_production and not awake:
        raise NotPutToSleep("production is not put to sleep")
    if stage.is_local:
        raise NotPutToSleep("the local stack does not sleep: `make down` stops it")


def switch(stage: Stage, functions: Any, scheduler: Any, *, awake: bool) -> int:
    """Switch the waiting at queues and the schedules of a stage, and return how many were switched.

    Raises NotPutToSleep. What is as it should be is not touched.
    """
    require_sleeping(stage, awake=awake)
    return _switch_queues(stage, functions, awake=awake) + _switch_schedules(stage, scheduler, awake=awake)


def _switch_queues(stage: Stage, functions: Any, *, awake: bool) -> int:
    switched = 0
    for page in functions.get_paginator("list_event_source_mappings").paginate():
        for mapping in page["EventSourceMappings"]:
            is_ours = f":function:{stage.name_of('')}" in mapping["FunctionArn"]
            is_awake = mapping["State"] in {"Enabled", "Enabling", "Creating"}
            if is_ours and ":sqs:" in mapping["EventSourceArn"] and is_awake != awake:
                functions.update_event_source_mapping(UUID=mapping["UUID"], Enabled=awake)
                switched += 1
    return switched


def _switch_schedules(stage: Stage, scheduler: Any, *, awake: bool) -> int:
    wanted = "ENABLED" if awake else "DISABLED"
    switched = 0
    for page in scheduler.get_paginator("list_schedules").paginate(NamePrefix=stage.name_of("")):
        for listed in page["Schedules"]:
            if listed["State"] != wanted:
                whole = scheduler.get_schedule(Name=listed["Name"], GroupName=listed["GroupName"])
                told = {name: whole[name] for name in _GIVEN_BACK if name in whole}
                scheduler.update_schedule(**told, State=wanted)
                switched += 1
    return switched


def main(verb: str, name: str) -> int:
    """Switch a stage with the credentials at hand; returns the exit status."""
    awake = VERBS[verb]
    try:
        stage = Stage.load(name)
        require_sleeping(stage, awake=awake)
        count = switch(stage, boto3.client("lambda"), boto3.client("scheduler"), awake=awake)
    except (UnfitSettings, NotPutToSleep, BotoCoreError, ClientError) as error:
        sys.stderr.write(f"{name} stays as it is: {error}\n")
        return 1
    sys.stdout.write(f"· {name}: {count} pollers and schedules switched {'on' if awake else 'off'}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
