"""The schedules of a domain's jobs: one each, all calling the domain's one Lambda with the job's name.

Schedules that people make are named `lyceum-<stage>-own-...`, and call the same Lambdas.
"""

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_scheduler as scheduler
from aws_cdk import aws_scheduler_targets as targets
from aws_cdk import aws_sqs as sqs

from infra.constructs.lambda_function import ALIAS, LambdaFunction, target_arn
from infra.constructs.nag import accept
from infra.functions import FUNCTIONS
from infra.routes import jobs_of
from infra.settings import Stage
from lyceum.kit.manifest import Schedule

_JOBS = "*-jobs"
"""How the functions of jobs are called, which enter by `jobs`."""


def jobs_functions() -> list[str]:
    """Return the short names of all functions that jobs run in."""
    return [row.name for row in FUNCTIONS if isinstance(row.trigger, Schedule)]


def schedule_name(domain_function: str, job: str) -> str:
    """Return the short name of a job's schedule, such as `notifications-jobs-expire-plans`."""
    return f"{domain_function}-{job.replace('_', '-')}"


def let_time_call(worker: LambdaFunction, stage: Stage, dead: sqs.Queue) -> None:
    """Call a function at the times that its jobs declare; what fails three times ends among the dead letters."""
    for job, times in jobs_of(worker.row).items():
        schedule = scheduler.Schedule(
            cdk.Stack.of(worker),
            f"Schedule {job}",
            schedule_name=stage.name_of(schedule_name(worker.row.name, job)),
            schedule=scheduler.ScheduleExpression.expression(times),
            target=targets.LambdaInvoke(
                worker.target,
                input=scheduler.ScheduleTargetInput.from_object({"job": job}),
                retry_attempts=2,
                max_event_age=cdk.Duration.minutes(5),
                dead_letter_queue=dead,
            ),
        )
        schedule.node.add_dependency(worker)


def let_schedule_jobs(made: LambdaFunction, stage: Stage) -> None:
    """Let a function run every domain's jobs, at once and by schedules of its own, which have a role for just that."""
    stack = cdk.Stack.of(made)
    names = [_JOBS, *(name for name in jobs_functions() if not name.endswith(_JOBS.lstrip("*")))]
    runs = iam.PolicyStatement(
        actions=["lambda:InvokeFunction"], resources=[target_arn(stack, stage, name) for name in names]
    )
    role = iam.Role(
        made,
        "ScheduleRole",
        assumed_by=iam.ServicePrincipal("scheduler.amazonaws.com"),
        description="What schedules that people make may do",
    )
    role.add_to_policy(runs)
    function = f"function:{stage.name_of(_JOBS)}:{ALIAS}"
    each = f"arn:<AWS::Partition>:lambda:<AWS::Region>:<AWS::AccountId>:{function}"
    for runner in (role, made.role):
        accept(runner, "It runs the jobs of every domain, whichever there are.", f"IAM5[Resource::{each}]")
    own = stack.format_arn(service="scheduler", resource="schedule", resource_name=f"default/{stage.name_of('own-*')}")
    changes = ["CreateSchedule", "UpdateSchedule", "DeleteSchedule", "GetSchedule"]
    made.role.add_to_policy(runs)
    made.role.add_to_policy(iam.PolicyStatement(actions=[f"scheduler:{change}" for change in changes], resources=[own]))
    made.role.add_to_policy(iam.PolicyStatement(actions=["iam:PassRole"], resources=[role.role_arn]))
    made.function.add_environment("LYCEUM_SCHEDULE_ROLE", role.role_arn)
    place = f"arn:<AWS::Partition>:scheduler:<AWS::Region>:<AWS::AccountId>:schedule/default/{stage.name_of('own-*')}"
    accept(made.role, "Schedules that people make have no names before.", f"IAM5[Resource::{place}]")
