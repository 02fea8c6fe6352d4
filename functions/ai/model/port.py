"""The port to a language model: what is asked, and what comes back."""

from collections.abc import Callable, Mapping
from typing import Any, Protocol

from lyceum.kit.errors import Unavailable
from lyceum.kit.frozen import frozen


class ModelDown(Unavailable):
    """No language model answers: it is not set up, too slow, or down. Nothing was stored or counted."""

    default_code = "MODEL_UNAVAILABLE"

    def __init__(self, *, retry_after_seconds: int = 60) -> None:
        text = "The language model does not answer at the moment. Nothing is lost; please try again later."
        super().__init__(text, retry_after_seconds=retry_after_seconds)


class ModelNonsense(Unavailable):
    """The language model answered with what is no answer to what was asked; the tokens are counted."""

    default_code = "MODEL_NONSENSE"

    def __init__(self) -> None:
        super().__init__("The language model gave no usable answer. Please try once more.", retry_after_seconds=5)


@frozen
class Picture:
    """A picture that goes with a question: its format as Bedrock names it, and its bytes."""

    format: str
    content: bytes


@frozen
class Question:
    """What a model is asked: the rules, the words, and the form of the answer as a JSON schema named `task`."""

    task: str
    rules: str
    words: str
    form: Mapping[str, Any]
    most_tokens: int
    picture: Picture | None = None


@frozen
class Answered:
    """What a model answered, in the form that was asked for, and the tokens that it read and wrote."""

    content: Any
    model: str
    tokens: int


Heard = Callable[[str], None]
"""Is told an answer that is being written: each time all of it so far, as JSON that breaks off."""


class Chat(Protocol):
    """A language model."""

    def ask(self, question: Question, heard: Heard | None = None) -> Answered:
        """Ask once, and tell `heard` what is written meanwhile; raises ModelDown or ModelNonsense."""
