"""Accepting a finding of cdk-nag, with its reason, beside the resource that it is about."""

from aws_cdk import Acknowledgment, Validations
from constructs import IConstruct


def accept(construct: IConstruct, reason: str, *rules: str) -> None:
    """Record why these AwsSolutions rules do not apply to a construct and what is in it."""
    Validations.of(construct).acknowledge(*(Acknowledgment(id=f"AwsSolutions-{rule}", reason=reason) for rule in rules))
