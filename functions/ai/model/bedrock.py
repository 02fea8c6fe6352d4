"""The adapter to Bedrock's Converse API: the answer is a call of one tool, whose input has the form asked for."""

import json
from typing import Any

from aws_lambda_powertools import Logger

from lyceum.kit.aws import clients
from lyceum.kit.settings import settings

from functions.ai.model.port import Answered, Heard, ModelDown, ModelNonsense, Question

logger = Logger()


class Bedrock:
    """The language model that the stage names."""

    def ask(self, question: Question, heard: Heard | None = None) -> Answered:
        """Ask once; raises ModelDown or ModelNonsense. Nothing of what was asked or answered is logged."""
        model = settings().language_model
        if not model:
            raise ModelDown
        request = _request(model, question)
        try:
            if heard is not None:
                return _written(request, question.task, heard)
            reply = clients.client("bedrock-runtime").converse(**request)
        except Exception as error:
            if isinstance(error, ModelNonsense) or not clients.is_passing(error):
                raise
            why = clients.error_code(error) or type(error).__name__
            logger.warning("language model gave no answer", extra={"task": question.task, "why": why})
            raise ModelDown from None
        for block in reply.get("output", {}).get("message", {}).get("content", []):
            if block.get("toolUse", {}).get("name") == question.task:
                return Answered(block["toolUse"]["input"], model, _tokens(reply))
        raise ModelNonsense


def _request(model: str, question: Question) -> dict[str, Any]:
    content: list[dict[str, Any]] = [{"text": question.words}]
    if question.picture:
        picture = {"format": question.picture.format, "source": {"bytes": question.picture.content}}
        content.insert(0, {"image": picture})
    return {
        "modelId": model,
        "system": [{"text": question.rules}],
        "messages": [{"role": "user", "content": content}],
        "inferenceConfig": {"maxTokens": question.most_tokens, "temperature": 0},
        "toolConfig": {
            "tools": [{"toolSpec": {"name": question.task, "inputSchema": {"json": dict(question.form)}}}],
            "toolChoice": {"tool": {"name": question.task}},
        },
    }


def _written(request: dict[str, Any], task: str, heard: Heard) -> Answered:
    """Follow an answer while it is written (ConverseStream)."""
    name, text, tokens = None, "", 0
    for event in clients.client("bedrock-runtime").converse_stream(**request)["stream"]:
        start = event.get("contentBlockStart", {}).get("start", {}).get("toolUse")
        part = event.get("contentBlockDelta", {}).get("delta", {}).get("toolUse", {}).get("input")
        if start:
            name, text = start["name"], ""
        elif part and name == task:
            text += part
            heard(text)
        tokens = _tokens(event["metadata"]) if "metadata" in event else tokens
    try:
        return Answered(json.loads(text), request["modelId"], tokens)
    except ValueError:
        raise ModelNonsense from None


def _tokens(told: dict[str, Any]) -> int:
    usage = told.get("usage", {})
    return int(usage.get("inputTokens", 0)) + int(usage.get("outputTokens", 0))
