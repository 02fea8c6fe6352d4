"""The sample events are what the Lambdas read that they name."""

import importlib
import re

from infra.functions import FUNCTIONS
from lyceum.kit.errors import DomainError
from lyceum.kit.identity import Principal, Role
from lyceum.kit.manifest import Function, Http, Queue, Schedule
from lyceum.tasks.realtime import ShowNotification
from tests.support.sample_events import Sample, all_samples, sample
from tests.support.workers import wants

from functions.notifications.inbox import inbox_writer

ROWS = {row.name: row for row in FUNCTIONS}
SAMPLES = all_samples()


def of_trigger(trigger: type) -> list[tuple[Sample, Function]]:
    """Return the samples of one kind of Lambda."""
    rows = [(each, ROWS[each.function]) for each in SAMPLES if each.function in ROWS]
    return [(each, row) for each, row in rows if isinstance(row.trigger, trigger)]


def test_every_lambda_has_a_sample_and_every_sample_its_lambda() -> None:
    assert {each.function for each in SAMPLES if each.function} == set(ROWS)


def test_a_sample_stands_in_the_folder_of_its_domain_and_begins_with_its_lambda() -> None:
    misplaced = []
    for each in SAMPLES:
        domain, _, title = each.name.partition("/")
        door = "bus" if each.function is None else each.function.removeprefix(domain).lstrip("-") or "http"
        if not re.match(rf"{door}-\w", title) or (each.function and each.function.split("-")[0] != domain):
            misplaced.append(each.name)
    assert misplaced == []


def test_what_lies_in_a_queue_is_a_message_that_its_worker_reads() -> None:
    unread = []
    for each, row in of_trigger(Queue):
        consumer = importlib.import_module(row.entry).consumer
        assert all(record["messageId"] and record["eventSource"] == "aws:sqs" for record in each.event["Records"])
        unread += [f"{each.name}: {sent.name}" for sent in each.messages if not wants(consumer, sent.name)]
        assert all(sent.tenant for sent in each.messages), each.name
    assert unread == []


def test_a_request_is_one_that_its_lambda_serves() -> None:
    unserved = []
    for each, row in of_trigger(Http):
        method, path = each.event["requestContext"]["http"]["method"], each.event["rawPath"]
        patterns = [
            re.sub(r"\{\w+\}", "[^/]+", route.path)
            for route in importlib.import_module(row.entry).api.routes
            if route.method == method
        ]
        if not any(re.fullmatch(pattern, path) for pattern in patterns):
            unserved.append(f"{each.name}: {method} {path}")
    assert unserved == []


def test_a_request_is_sent_by_one_of_the_demonstration_people_whom_its_route_admits() -> None:
    refused = []
    for each, row in of_trigger(Http):
        method, path = each.event["requestContext"]["http"]["method"], each.event["rawPath"]
        (route, *_) = [
            route
            for route in sorted(importlib.import_module(row.entry).api.routes, key=lambda one: one.path.count("{"))
            if route.method == method and re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", route.path), path)
        ]
        sent = re.fullmatch(r"Bearer \$\{(\w+)_token\}", each.event["headers"].get("authorization", ""))
        caller = Principal("u", "main", Role(sent[1]), "free", "s") if sent else None
        try:
            route.access.admit(caller, "u")
        except DomainError as refusal:
            refused.append(f"{each.name}: {refusal}")
    assert refused == []


def test_a_schedules_input_names_a_job() -> None:
    unknown = []
    for each, row in of_trigger(Schedule):
        if each.event["job"] not in importlib.import_module(row.entry).jobs.declared:
            unknown.append(f"{each.name}: {each.event['job']}")
    assert unknown == []


def test_the_sample_notification_is_the_one_that_the_sample_exam_makes() -> None:
    (completed,) = sample("notifications/inbox-exam-completed").messages
    (created,) = sample("realtime/events-notification-show").messages
    assert isinstance(created, ShowNotification)
    assert created.notification_id == inbox_writer.notification_id(completed, "exam.result", created.user_id)
