"""What production's templates promise: least privilege, encryption, nothing lost, nothing open by accident."""

import json
import re
from typing import Any

import pytest

from infra.functions import FUNCTIONS, READS, WRITES, families
from infra.routes import ROOT, events_of, gateway_routes, jobs_of, reads_tokens, task_workers
from lyceum.kit.manifest import Function, Queue, Schedule, SendMail, Stream
from lyceum.kit.table import Entity
from lyceum.model.auth import Credential
from lyceum.model.exams.marks import ExamMarks
from lyceum.model.questions.question import AnswerKey
from tests.infra.conftest import CANARY, FCM_APPLICATION, Assembly, Resource, production_stage

pytestmark = pytest.mark.filterwarnings("ignore")
DEPLOYED = production_stage().deployed(FUNCTIONS)
HTTP = [function for function in DEPLOYED if function.is_http]
MAILING = [function for function in DEPLOYED if function.may(SendMail)]
QUEUED = [function for function in DEPLOYED if isinstance(function.trigger, Queue)]


def as_list(value: object) -> list[object]:
    return value if isinstance(value, list) else [value]


def function_named(production: Assembly, name: str) -> Resource:
    (found,) = [
        each
        for each in production.resources("AWS::Lambda::Function").values()
        if each["FunctionName"] == f"lyceum-prod-{name}"
    ]
    return found


def statements_of(production: Assembly, name: str) -> list[Resource]:
    role = function_named(production, name)["Role"]["Fn::GetAtt"][0]
    policies = production.resources("AWS::IAM::Policy").values()
    return [
        each
        for policy in policies
        if {"Ref": role} in policy["Roles"]
        for each in policy["PolicyDocument"]["Statement"]
    ]


def test_nag_finds_nothing(production: Assembly) -> None:
    findings = production.findings()
    assert {path: rule for path, rule in findings.items() if not path.startswith(CANARY)} == {}
    assert any(path.startswith(CANARY) for path in findings)


@pytest.mark.parametrize("function", DEPLOYED, ids=lambda function: function.name)
@pytest.mark.parametrize(("actions", "writes"), [(READS, False), (WRITES, True)], ids=["reads", "writes"])
def test_role_reaches_just_the_families_of_its_row(
    production: Assembly, function: Function, actions: tuple[str, ...], writes: bool
) -> None:
    granted = {
        key
        for statement in statements_of(production, function.name)
        if set(as_list(statement["Action"])) & set(actions) and not moves_tenants(statement)
        for key in statement["Condition"]["ForAllValues:StringLike"]["dynamodb:LeadingKeys"]
    }
    assert granted == {f"*|{family}#*" for family in families(function, writes=writes)}


def moves_tenants(statement: dict[str, Any]) -> bool:
    """Say whether a statement is the one by which whole tenants are moved."""
    return set(as_list(statement["Action"])) == {"dynamodb:Scan", "dynamodb:BatchWriteItem"}


def test_one_function_moves_whole_tenants(production: Assembly) -> None:
    movers = [
        function.name
        for function in DEPLOYED
        if any(moves_tenants(statement) for statement in statements_of(production, function.name))
    ]
    assert movers == ["organizations-events"]


def test_every_table_permission_is_narrowed_to_keys(production: Assembly) -> None:
    without_items = {
        "dynamodb:DescribeStream",
        "dynamodb:GetRecords",
        "dynamodb:GetShardIterator",
        "dynamodb:ListStreams",
        "dynamodb:DescribeContinuousBackups",
        "dynamodb:DescribeTable",
    }
    for name, statement in production.statements():
        actions = {str(action) for action in as_list(statement["Action"])}
        if moves_tenants(statement):
            continue  # one function's alone, by the test before
        if any(action.startswith("dynamodb:") for action in actions - without_items):
            assert "dynamodb:LeadingKeys" in json.dumps(statement.get("Condition", {})), name
        assert "dynamodb:Scan" not in actions
        assert not any("*" in action for action in actions), name


def test_only_tracing_and_listing_streams_have_no_narrower_resource(production: Assembly) -> None:
    allowed = {"xray:PutTraceSegments", "xray:PutTelemetryRecords", "dynamodb:ListStreams"}
    wide = {
        str(action)
        for _, statement in production.statements()
        if statement.get("Resource") == "*"
        for action in as_list(statement["Action"])
    }
    assert wide <= allowed


def test_only_functions_of_sign_in_sign_tokens_and_others_what_is_audited_moved_or_certified(
    production: Assembly,
) -> None:
    signing = [
        function.name for function in DEPLOYED if "kms:Sign" in json.dumps(statements_of(production, function.name))
    ]
    assert signing == [
        "auth-accounts",
        "auth-oauth",
        "auth-passkeys",
        "certificates-certificates",
        "certificates-events",
        "compliance-jobs",
        "organizations-events",
    ]  # tokens, audits and certificates each with a key of its own: tests/infra/storage/test_audit_roots.py


def reaching(production: Assembly, entity: type[Entity]) -> set[str]:
    """The functions whose roles name the family of an entity."""
    keys = f"|{entity.keys.family}#"
    return {function.name for function in DEPLOYED if keys in json.dumps(statements_of(production, function.name))}


def test_secrets_of_accounts_are_for_the_auth_functions_alone(production: Assembly) -> None:
    assert reaching(production, Credential) == {
        *("auth-accounts", "auth-passkeys", "auth-saml", "auth-social", "auth-events"),
    }


def test_delivery_of_exams_can_read_neither_keys_nor_marks(production: Assembly) -> None:
    knowing = reaching(production, AnswerKey) | reaching(production, ExamMarks)
    assert knowing & {"exams-delivery", "exams-assessments", "exams-proctoring"} == set()
    assert {"exams-marking", "exams-sessions", "exams-jobs"} <= knowing


def test_the_publisher_sends_tasks_to_the_queues_of_those_who_carry_them_out(production: Assembly) -> None:
    (statement,) = [
        each
        for each in statements_of(production, "outbox-stream")
        if "sqs:SendMessage" in as_list(each["Action"]) and isinstance(each["Resource"], list)
    ]
    assert set(statement["Action"]) == {"sqs:SendMessage", "sqs:GetQueueUrl"}
    named = {json.dumps(resource).rpartition(":")[2].strip('"]} ') for resource in statement["Resource"]}
    assert named == {f"lyceum-prod-{worker}" for worker in task_workers(DEPLOYED)}


def test_table_is_encrypted_restorable_and_protected(production: Assembly) -> None:
    (table,) = production.resources("AWS::DynamoDB::Table").values()
    assert table["SSESpecification"]["SSEEnabled"]
    assert table["PointInTimeRecoverySpecification"]["PointInTimeRecoveryEnabled"]
    assert table["DeletionProtectionEnabled"]
    assert table["BillingMode"] == "PAY_PER_REQUEST"
    assert table["TimeToLiveSpecification"] == {"AttributeName": "ttl", "Enabled": True}
    assert table["StreamSpecification"] == {"StreamViewType": "NEW_AND_OLD_IMAGES"}
    assert [index["Projection"]["ProjectionType"] for index in table["GlobalSecondaryIndexes"]] == ["ALL", "ALL"]


def test_buckets_are_private_encrypted_and_speak_tls_only(production: Assembly) -> None:
    policies = [json.dumps(policy) for policy in production.resources("AWS::S3::BucketPolicy").values()]
    buckets = production.resources("AWS::S3::Bucket")
    assert len(buckets) == len(policies) == 2
    assert all('"aws:SecureTransport": "false"' in policy for policy in policies)
    for bucket in buckets.values():
        assert all(bucket["PublicAccessBlockConfiguration"].values())
        assert bucket["BucketEncryption"]


def test_new_objects_are_announced(production: Assembly) -> None:
    (files,) = [bucket for name, bucket in production.resources("AWS::S3::Bucket").items() if "Files" in name]
    assert files["NotificationConfiguration"] == {"EventBridgeConfiguration": {"EventBridgeEnabled": True}}


def test_queues_are_encrypted_and_give_up_into_a_dead_letter_queue(production: Assembly) -> None:
    queues = production.resources("AWS::SQS::Queue").values()
    dead = {queue["QueueName"] for queue in queues if queue["QueueName"].endswith("-dead")}
    waiting = {row.domain for row in DEPLOYED if isinstance(row.trigger, Queue | Schedule | Stream)}
    assert dead == {f"lyceum-prod-{domain}-dead" for domain in waiting}
    for queue in queues:
        assert queue["SqsManagedSseEnabled"]
        assert queue["QueueName"] in dead or queue["RedrivePolicy"]["maxReceiveCount"] == 3


@pytest.mark.parametrize("function", QUEUED, ids=lambda function: function.name)
def test_messages_stay_hidden_for_six_timeouts(production: Assembly, function: Function) -> None:
    queues = production.resources("AWS::SQS::Queue").values()
    (queue,) = [each for each in queues if each["QueueName"] == f"lyceum-prod-{function.name}"]
    assert queue["VisibilityTimeout"] >= 6 * function.timeout_seconds


def test_workers_report_each_failed_message(production: Assembly) -> None:
    mappings = production.resources("AWS::Lambda::EventSourceMapping").values()
    queued = [mapping for mapping in mappings if "Queue" in json.dumps(mapping["EventSourceArn"])]
    assert len(queued) == len(QUEUED)
    assert all(mapping["FunctionResponseTypes"] == ["ReportBatchItemFailures"] for mapping in queued)


def test_rules_reach_queues_and_never_functions(production: Assembly) -> None:
    rules = production.resources("AWS::Events::Rule")
    assert len(rules) == len([function for function in QUEUED if events_of(function)])
    assert all("Queue" in json.dumps(target["Arn"]) for rule in rules.values() for target in rule["Targets"])


def test_each_job_has_a_schedule_that_names_it(production: Assembly) -> None:
    schedules = {each["Name"]: each for each in production.resources("AWS::Scheduler::Schedule").values()}
    jobs = {(function.name, job): times for function in DEPLOYED for job, times in jobs_of(function).items()}
    assert len(schedules) == len(jobs)
    for (name, job), times in jobs.items():
        schedule = schedules[f"lyceum-prod-{name}-{job.replace('_', '-')}"]
        assert schedule["ScheduleExpression"] == times
        assert json.loads(schedule["Target"]["Input"]) == {"job": job}
        assert schedule["Target"]["DeadLetterConfig"]


def test_gateway_lets_everybody_in_to_functions_that_prove_them_and_sends_the_rest_to_one(
    production: Assembly,
) -> None:
    routes = [
        route
        for name, route in production.resources("AWS::ApiGatewayV2::Route").items()
        if not name.startswith("lyceum-prod-websocket/")
    ]
    assert {route["AuthorizationType"] for route in routes} == {"NONE"}
    assert {route["RouteKey"] for route in routes} == {route.key for route in gateway_routes(DEPLOYED)}


@pytest.mark.parametrize("function", HTTP, ids=lambda function: function.name)
def test_functions_that_ask_who_calls_read_the_public_keys(production: Assembly, function: Function) -> None:
    allowed = json.dumps(statements_of(production, function.name))
    knows = "LYCEUM_SIGNING_KEY" in function_named(production, function.name)["Environment"]["Variables"]
    assert ("kms:GetPublicKey" in allowed) is knows is reads_tokens(function)


@pytest.mark.parametrize("function", MAILING, ids=lambda function: function.name)
def test_functions_that_send_mails_know_where_their_links_lead(production: Assembly, function: Function) -> None:
    assert "LYCEUM_API_URL" in function_named(production, function.name)["Environment"]["Variables"]


def test_sockets_open_only_with_a_ticket(production: Assembly) -> None:
    routes = [
        route
        for name, route in production.resources("AWS::ApiGatewayV2::Route").items()
        if name.startswith("lyceum-prod-websocket/")
    ]
    assert {route["RouteKey"]: route["AuthorizationType"] for route in routes} == {
        "$connect": "CUSTOM",
        "$disconnect": "NONE",
        "$default": "NONE",
    }
    (door,) = production.resources("AWS::ApiGatewayV2::Authorizer").values()
    assert door["IdentitySource"] == ["route.request.querystring.ticket"]
    assert "AuthorizerResultTtlInSeconds" not in door  # a ticket is good once


def test_only_live_functions_post_to_connections(production: Assembly) -> None:
    posting = [
        function.name
        for function in DEPLOYED
        if "execute-api:ManageConnections" in json.dumps(statements_of(production, function.name))
    ]
    assert set(posting) == {"realtime-websocket", "realtime-events"}
    knowing = [
        function.name
        for function in DEPLOYED
        if "LYCEUM_SOCKET_API" in function_named(production, function.name)["Environment"]["Variables"]
    ]
    assert set(knowing) == {*posting, "realtime"}, "tickets name the address at which they are good"


def test_only_the_push_worker_reaches_devices_and_only_those_of_the_stages_application(production: Assembly) -> None:
    pushing = [
        function.name
        for function in DEPLOYED
        if "sns:CreatePlatformEndpoint" in json.dumps(statements_of(production, function.name))
    ]
    assert pushing == ["notifications-push"]
    (statement,) = [
        each for each in statements_of(production, "notifications-push") if "sns:Publish" in as_list(each["Action"])
    ]
    assert statement["Resource"] == [FCM_APPLICATION, FCM_APPLICATION.replace(":app/", ":endpoint/") + "/*"]


def test_functions_know_which_channels_are_set_up(production: Assembly) -> None:
    known = {
        made["Environment"]["Variables"]["LYCEUM_CHANNELS"]
        for made in production.resources("AWS::Lambda::Function").values()
    }
    assert known == {"email,push,fcm"}


def test_bounces_and_complaints_are_told_to_the_default_bus(production: Assembly) -> None:
    (told,) = production.resources("AWS::SES::ConfigurationSetEventDestination").values()
    assert told["EventDestination"]["MatchingEventTypes"] == ["bounce", "complaint"]
    assert "event-bus/default" in json.dumps(told["EventDestination"]["EventBridgeDestination"])
    (rule,) = [
        rule
        for rule in production.resources("AWS::Events::Rule").values()
        if rule["EventPattern"]["source"] == ["aws.ses"]
    ]
    assert "EventBusName" not in rule


@pytest.mark.parametrize("function", DEPLOYED, ids=lambda function: function.name)
def test_function_is_as_its_row_says(production: Assembly, function: Function) -> None:
    made = function_named(production, function.name)
    assert made["Handler"] == f"{function.entry}.handler"
    assert made["Runtime"] == "python3.13"
    assert made["Architectures"] == ["arm64"]
    is_waited_for = function.name in production_stage().snapshots
    assert made.get("SnapStart") == ({"ApplyOn": "PublishedVersions"} if is_waited_for else None)
    assert "ReservedConcurrentExecutions" not in made  # a new account has none to give
    assert made["EphemeralStorage"] == {"Size": function.storage_mb}
    assert made["TracingConfig"] == {"Mode": "Active"}
    assert made["LoggingConfig"]["LogFormat"] == "JSON"
    assert (made["MemorySize"], made["Timeout"]) == (function.memory_mb, function.timeout_seconds)
    assert len(made["Layers"]) == 2 + len(function.layers)


def test_triggers_call_the_alias(production: Assembly) -> None:
    assert len(production.resources("AWS::Lambda::Alias")) == len(DEPLOYED)
    integrations = production.resources("AWS::ApiGatewayV2::Integration").values()
    authorizers = production.resources("AWS::ApiGatewayV2::Authorizer").values()
    called = [each["IntegrationUri"] for each in integrations] + [each["AuthorizerUri"] for each in authorizers]
    assert all("Live" in json.dumps(address) or ":live/" in json.dumps(address) for address in called)


def test_logs_are_kept_for_a_limited_time(production: Assembly) -> None:
    assert all(group["RetentionInDays"] for group in production.resources("AWS::Logs::LogGroup").values())


def test_services_and_domains_have_their_alarms(production: Assembly) -> None:
    alarms = {alarm["AlarmName"] for alarm in production.resources("AWS::CloudWatch::Alarm").values()}
    for function in DEPLOYED:
        if isinstance(function.trigger, Queue | Schedule | Stream):
            assert f"lyceum-prod-{function.domain}-dead-letters" in alarms
    shared = {
        "gateway-failures", "gateway-slow", "sign-in-failures", "refresh-reuse", "permissions-refused",
        "safeguarding-reports",
        "storage-read-throttled", "storage-write-throttled",
        "functions-errors", "functions-throttles", "events-not-delivered", "messages-late",
        "mail-bounces", "mail-complaints",
        "outbox-behind", "backups-late",
        *(f"{channel}-deliveries-failed" for channel in ("email", "sms", "push", "digest")),
    }  # fmt: skip
    assert {f"lyceum-prod-{name}" for name in shared} <= alarms


@pytest.mark.parametrize("page", ["operations", "runbook"])
def test_every_alarm_is_explained_to_who_is_woken_by_it(production: Assembly, page: str) -> None:
    text = (ROOT / "docs" / f"{page}.md").read_text()
    alarms = {alarm["AlarmName"] for alarm in production.resources("AWS::CloudWatch::Alarm").values()}
    names = {name.removeprefix("lyceum-prod-") for name in alarms}
    kinds = {re.sub(r"^\w+-(dead-letters)$", r"<domain>-\1", name) for name in names}
    kinds = {re.sub(r"^\w+-(deliveries-failed)$", r"<channel>-\1", name) for name in kinds}
    assert {name for name in kinds if f"`{name}`" not in text} == set()


def test_what_functions_count_themselves_is_told_apart_by_stage(production: Assembly) -> None:
    own = {
        found["Namespace"]
        for alarm in production.resources("AWS::CloudWatch::Alarm").values()
        for found in (alarm, *(each.get("MetricStat", {}).get("Metric", {}) for each in alarm.get("Metrics", ())))
        if not found.get("Namespace", "AWS/").startswith("AWS/")
    }
    assert own == {"Lyceum/prod"}


def test_every_alarm_tells_somebody(production: Assembly) -> None:
    assert all(alarm["AlarmActions"] for alarm in production.resources("AWS::CloudWatch::Alarm").values())
    (told,) = production.resources("AWS::SNS::Subscription").values()
    assert (told["Protocol"], told["Endpoint"]) == ("email", production_stage().alarm_mail)


def test_spending_above_the_budget_is_told(production: Assembly) -> None:
    (budget,) = production.resources("AWS::Budgets::Budget").values()
    assert budget["Budget"]["BudgetLimit"] == {"Amount": production_stage().monthly_budget_usd, "Unit": "USD"}


def test_everything_is_tagged_for_cost(production: Assembly) -> None:
    for made in production.resources("AWS::Lambda::Function").values():
        assert {"Key": "stage", "Value": "prod"} in made["Tags"]
        assert {"Key": "product", "Value": "lyceum"} in made["Tags"]
