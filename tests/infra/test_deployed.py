"""The deployed local stack holds what its templates promise: roles that refuse, a gateway that lets browsers in."""

import json
import urllib.error
import urllib.request
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from local.place import REGION, Place

pytestmark = [pytest.mark.e2e, pytest.mark.enable_socket]
REFUSED = {"AccessDenied", "AccessDeniedException"}


@pytest.fixture(scope="module")
def place() -> Place:
    return Place.from_environment()


@pytest.fixture(scope="module")
def facts(place: Place) -> dict[str, Any]:
    known: dict[str, Any] = json.loads(place.stack_file.read_text())
    return known


def as_function(place: Place, function: str, service: str) -> Any:
    """A client with the rights of a deployed function, and no others."""
    role = place.client("lambda").get_function_configuration(FunctionName=f"lyceum-local-{function}")["Role"]
    lent = place.client("sts").assume_role(RoleArn=role, RoleSessionName="probe")["Credentials"]
    keys = {
        "aws_access_key_id": lent["AccessKeyId"],
        "aws_secret_access_key": lent["SecretAccessKey"],
        "aws_session_token": lent["SessionToken"],
    }
    return boto3.client(service, endpoint_url=place.url, region_name=REGION, **keys)


def refusal(call: Any, **arguments: Any) -> str:
    with pytest.raises(ClientError) as caught:
        call(**arguments)
    return str(caught.value.response["Error"]["Code"])


def test_no_function_may_scan_the_table(place: Place, facts: dict[str, Any]) -> None:
    table = facts["outputs"]["TableName"]
    for function in ("auth-accounts", "exams-delivery", "questions", "notifications-inbox"):
        assert refusal(as_function(place, function, "dynamodb").scan, TableName=table) in REFUSED


def test_who_names_no_entity_reads_and_writes_no_item(place: Place, facts: dict[str, Any]) -> None:
    table, key = facts["outputs"]["TableName"], {"PK": {"S": "main|USER#nobody"}, "SK": {"S": "PROFILE"}}
    publisher = as_function(place, "outbox-stream", "dynamodb")
    assert refusal(publisher.get_item, TableName=table, Key=key) in REFUSED
    assert refusal(publisher.delete_item, TableName=table, Key=key) in REFUSED


def test_only_the_auth_function_may_sign(place: Place) -> None:
    variables = place.client("lambda").get_function_configuration(FunctionName="lyceum-local-auth-accounts")[
        "Environment"
    ]["Variables"]
    asked = {
        "KeyId": variables["LYCEUM_SIGNING_KEY"].split(",")[0],
        "Message": b"x",
        "SigningAlgorithm": "ECDSA_SHA_256",
    }
    assert as_function(place, "auth-accounts", "kms").sign(**asked)["Signature"]
    assert refusal(as_function(place, "users", "kms").sign, **asked) in REFUSED


def test_only_the_auth_functions_read_the_secret_of_sign_ins(place: Place) -> None:
    asked = {"SecretId": "lyceum-local-identity-secret"}
    assert as_function(place, "auth-events", "secretsmanager").get_secret_value(**asked)["SecretString"]
    for name in ("users", "exams-delivery", "content"):
        assert refusal(as_function(place, name, "secretsmanager").get_secret_value, **asked) in REFUSED


def test_the_publisher_may_publish_and_others_may_not(place: Place, facts: dict[str, Any]) -> None:
    entry = {
        "Source": "lyceum",
        "DetailType": "probe.sent",
        "Detail": "{}",
        "EventBusName": facts["outputs"]["BusName"],
    }
    assert as_function(place, "outbox-stream", "events").put_events(Entries=[entry])["FailedEntryCount"] == 0
    assert refusal(as_function(place, "exams-delivery", "events").put_events, Entries=[entry]) in REFUSED


def test_uploads_are_written_below_their_prefix_only(place: Place, facts: dict[str, Any]) -> None:
    bucket, files = facts["outputs"]["BucketName"], as_function(place, "content", "s3")
    assert refusal(files.put_object, Bucket=bucket, Key="derived/probe", Body=b"x") in REFUSED
    assert refusal(files.get_object, Bucket=bucket, Key="uploads/probe") in REFUSED
    stranger = as_function(place, "exams-delivery", "s3")
    assert refusal(stranger.put_object, Bucket=bucket, Key="uploads/probe", Body=b"x") in REFUSED


def test_the_publisher_may_send_tasks_to_their_workers_and_into_no_other_queue(place: Place) -> None:
    queues = as_function(place, "outbox-stream", "sqs")
    worker = queues.get_queue_url(QueueName="lyceum-local-auth-events")["QueueUrl"]
    other = place.client("sqs").get_queue_url(QueueName="lyceum-local-catalog-events")["QueueUrl"]
    assert refusal(queues.send_message, QueueUrl=other, MessageBody="{}") in REFUSED
    stranger = as_function(place, "exams-delivery", "sqs")
    assert refusal(stranger.send_message, QueueUrl=worker, MessageBody="{}") in REFUSED


def test_a_browser_of_a_known_origin_may_ask(facts: dict[str, Any]) -> None:
    headers = {"Origin": "http://localhost:3000", "Access-Control-Request-Method": "POST"}
    request = urllib.request.Request(f"{facts['apiUrl']}/api/exams/start", method="OPTIONS", headers=headers)
    with urllib.request.urlopen(request, timeout=60) as answer:
        assert answer.headers["Access-Control-Allow-Origin"] == "http://localhost:3000"
        assert "idempotency-key" in answer.headers["Access-Control-Allow-Headers"]


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [("/api/exams/history", 401, "UNAUTHENTICATED"), ("/api/nothing/here", 404, "NOT_FOUND"), ("/", 404, "NOT_FOUND")],
)
def test_what_is_refused_is_refused_in_the_envelope(facts: dict[str, Any], path: str, status: int, code: str) -> None:
    with pytest.raises(urllib.error.HTTPError) as caught:
        urllib.request.urlopen(f"{facts['apiUrl']}{path}", timeout=60)
    with caught.value as answer:
        assert (answer.code, json.load(answer)["error"]["code"]) == (status, code)


def test_what_the_emulator_leaves_out_was_applied(place: Place, facts: dict[str, Any]) -> None:
    outputs = facts["outputs"]
    live = place.client("dynamodb").describe_time_to_live(TableName=outputs["TableName"])["TimeToLiveDescription"]
    assert live == {"TimeToLiveStatus": "ENABLED", "AttributeName": "ttl"}
    rules = place.client("s3").get_bucket_lifecycle_configuration(Bucket=outputs["BucketName"])["Rules"]
    assert {rule["ID"] for rule in rules} == {
        "quarantine", "imports", "exports", "privacy", "retired", "sent", "leftovers",
    }  # fmt: skip
