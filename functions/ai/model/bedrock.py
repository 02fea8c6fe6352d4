"""The adapter to Bedrock's Converse API: the answer is a call of one tool, whose input has the form asked for."""

from typing import Any

from aws_lambda_powertools import Logger

from lyceum.kit.aws import clients
from lyceum.kit.settings import settings

from functions.ai.model.port import Answered, ModelDown, ModelNonsense, Question

logger = Logger()


class Bedrock:
    """The language model that the stage names."""

    def ask(self, question: Question) -> Answered:
        """Ask once; raises ModelDown or ModelNonsense. Nothing of what was asked or answered is logged."""
        model = settings().language_model
        if not model:
            raise ModelDown
        content: list[dict[str, Any]] = [{"text": question.words}]
        if question.picture:
            picture = {"format": question.picture.format, "source": {"bytes": question.picture.content}}
            content.insert(0, {"image": picture})
        try:
            reply = clients.client("bedrock-runtime").converse(
                modelId=model,
                system=[{"text": question.rules}],
                messages=[{"role": "user", "content": content}],
                inferenceConfig={"maxTokens": question.most_tokens, "temperature": 0},
                toolConfig={
                    "tools": [{"toolSpec": {"name": question.task, "inputSchema": {"json": dict(question.form)}}}],
                    "toolChoice": {"tool": {"name": question.task}},
                },
            )
        except Exception as error:
            if not clients.is_passing(error):
                raise
            why = clients.error_code(error) or type(error).__name__
            logger.warning("language model gave no answer", extra={"task": question.task, "why": why})
            raise ModelDown from None
        usage = reply.get("usage", {})
        tokens = int(usage.get("inputTokens", 0)) + int(usage.get("outputTokens", 0))
        for block in reply.get("output", {}).get("message", {}).get("content", []):
            if block.get("toolUse", {}).get("name") == question.task:
                return Answered(block["toolUse"]["input"], model, tokens)
        raise ModelNonsense
