"""Lets connections in that show a good ticket; the gateway hands the caller on with every message."""

from typing import Any

from aws_lambda_powertools import Logger

from lyceum.kit.errors import DomainError

from functions.realtime import tickets

logger = Logger()


def handler(event: dict[str, Any], _lambda_context: Any) -> dict[str, Any]:
    """Answer the gateway with a policy; whatever goes wrong, nobody comes in."""
    given = (event.get("queryStringParameters") or {}).get("ticket") or ""
    try:
        caller = tickets.redeem(given)
    except DomainError:
        return _policy("Deny", event["methodArn"])
    except Exception:
        logger.exception("ticket not checked")
        return _policy("Deny", event["methodArn"])
    return {**_policy("Allow", event["methodArn"]), "principalId": caller.user_id, "context": caller.to_context()}


def _policy(effect: str, resource: str) -> dict[str, Any]:
    statement = {"Action": "execute-api:Invoke", "Effect": effect, "Resource": resource}
    return {"principalId": "nobody", "policyDocument": {"Version": "2012-10-17", "Statement": [statement]}}
