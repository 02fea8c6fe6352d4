"""The schedules of a domain's jobs: one each, all calling the domain's one Lambda with the job's name."""

import aws_cdk as cdk
from aws_cdk import aws_scheduler as scheduler
from aws_cdk import aws_scheduler_targets as targets
from aws_cdk import aws_sqs as sqs

from infra.constructs.lambda_function import LambdaFunction
from infra.routes import jobs_of
from infra.settings import Stage


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
