"""What the product logs, searched for what no log may hold."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from logging import Formatter, LogRecord
from typing import Any
from unittest.mock import patch

from aws_lambda_powertools.logging.formatter import LambdaPowertoolsFormatter

from lyceum.kit.telemetry import request_lines

_TELLTALES = (
    re.compile(r"eyJ[\w-]+\.[\w-]+\.[\w-]+"),  # a JWT
    re.compile(r"[\w.+-]+@(?!example\.invalid)[\w-]+\.\w+"),  # an e-mail address
    re.compile(r"\$argon2id?\$"),  # a password hash
    re.compile(r"X-Amz-Signature=|AKIA[A-Z0-9]{16}"),  # a signed URL, an access key
    re.compile(r"engine of brass|quiet green river|bicycles today"),  # the passwords that tests use
    re.compile(r"\+234\d{6,}"),  # a phone number
    re.compile(r"refresh_token=[^;\s]|for tests only"),  # a cookie, the deployment's secret
)


def telltales(line: str) -> list[str]:
    """Return what in a line of the log should not be there."""
    return [match.group() for pattern in _TELLTALES for match in pattern.finditer(line)]


@contextmanager
def watched_logs() -> Iterator[list[str]]:
    """Collect every line that the product's loggers write, for the length of the block."""
    lines: list[str] = []

    def kept(formatter: type[Formatter]) -> Callable[[Any, LogRecord], str]:
        original = formatter.format

        def format_and_keep(self: Any, record: LogRecord) -> str:
            line = original(self, record)
            lines.append(line)
            return line

        return format_and_keep

    with (
        patch.object(LambdaPowertoolsFormatter, "format", kept(LambdaPowertoolsFormatter)),
        patch.object(request_lines.Plain, "format", kept(request_lines.Plain)),
    ):
        yield lines
