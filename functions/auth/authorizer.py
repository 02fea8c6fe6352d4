"""The gateway's authorizer: nobody passes unless a token proves them; its answer is cached for five minutes."""

from typing import Any

from aws_lambda_powertools import Logger

from lyceum.kit import context
from lyceum.kit.errors import DomainError
from lyceum.kit.identity import tokens
from lyceum.rules import sessions

logger = Logger()


def handler(event: dict[str, Any], _lambda_context: Any) -> dict[str, Any]:
    """Answer the gateway in its simple form: pass with the caller's context, or not."""
    with context.working(context.RequestContext(correlation_id=event.get("requestContext", {}).get("requestId", ""))):
        try:
            caller = sessions.verify(tokens.bearer((event.get("headers") or {}).get("authorization", "")))
        except DomainError as refusal:
            logger.info("refused", extra={"code": refusal.code})
            return {"isAuthorized": False}
        return {"isAuthorized": True, "context": caller.to_context()}
