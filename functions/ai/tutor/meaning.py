"""Which passages mean what a question asks, by vectors that are kept beside a course.

A course has one object of the bucket: the name of the model, and for each passage the digest of its words before its
vector. So a lesson that was changed has no vectors until they were made anew, and vectors of another model count as
none. A question whose course lacks some has them made by the worker, and is answered from what there is.
"""

import hashlib
from collections.abc import Sequence
from typing import Any

from lyceum.kit import context
from lyceum.kit.aws import clients
from lyceum.kit.consumers.outbox import send
from lyceum.kit.settings import settings
from lyceum.kit.table import Unit
from lyceum.model.courses.course import CourseOutline
from lyceum.tasks.ai import EmbedCourse

from functions.ai.model.embedding import DIMENSIONS, Embedder, embedder
from functions.ai.tutor import retrieval
from functions.ai.tutor.retrieval import Passage

FOLDER = "search/"
_AT_A_TIME = 60
_DIGEST = 16
_ROW = _DIGEST + DIMENSIONS
_MISSING = {"404", "NoSuchKey", "NotFound"}
Vectors = dict[bytes, bytes]
"""Vectors of passages by the digests of their words."""


def near(passages: Sequence[Passage], question: str) -> tuple[list[Passage], list[EmbedCourse]]:
    """Return the passages that are near to a question, the nearest first, and orders for the vectors that lack.

    Reads one object a course.
    """
    model, courses = embedder(), sorted({each.course_id for each in passages})
    if model is None:
        return [], []
    known: Vectors = {}
    for course_id in courses:
        known |= stored(model, course_id)
    there = [each for each in passages if _digest(each) in known]
    lacking = sorted({each.course_id for each in passages if _digest(each) not in known})
    cosines = model.nearness(question, [known[_digest(each)] for each in there]) if there else []
    ranked = sorted(zip(cosines, there, strict=True), key=lambda pair: -pair[0])
    return [each for cosine, each in ranked if cosine >= model.least], [EmbedCourse(course_id=each) for each in lacking]


def order(lacking: Sequence[EmbedCourse]) -> None:
    """Have vectors made that lack (1 write where any do)."""
    if lacking:
        unit = Unit()
        send(unit, *lacking)
        unit.commit()


def embed(task: EmbedCourse, _unit: Unit) -> Any:
    """Make vectors of some passages of a course that have none, and say whether there are more; for `Consumer.paged`.

    Those that no lesson has any more are dropped. Done again, it makes nothing that is there.
    """
    model, outline = embedder(), CourseOutline.fetch(course_id=task.course_id, consistent=True)
    if model is None or outline is None:
        return None
    texts = {_digest(each): each.text for each in retrieval.read([outline])}
    kept = {digest: vector for digest, vector in stored(model, task.course_id).items() if digest in texts}
    lacking = [digest for digest in texts if digest not in kept]
    for digest in lacking[:_AT_A_TIME]:
        kept[digest] = model.of_passage(texts[digest])
    _store(model, task.course_id, kept)
    return int(task.after or 0) + 1 if len(lacking) > _AT_A_TIME else None


def forget(course_id: str) -> None:
    """Remove the vectors of a course."""
    clients.client("s3").delete_object(Bucket=settings().bucket, Key=_key(course_id))


def stored(model: Embedder, course_id: str) -> Vectors:
    """Read the vectors that a model made of a course; none where another one made them."""
    try:
        found = clients.client("s3").get_object(Bucket=settings().bucket, Key=_key(course_id))["Body"].read()
    except Exception as error:
        if clients.error_code(error) in _MISSING:
            return {}
        raise
    name, _, rows = found.partition(b"\n")
    if name != model.name.encode():
        return {}
    return {rows[at : at + _DIGEST]: rows[at + _DIGEST : at + _ROW] for at in range(0, len(rows), _ROW)}


def _store(model: Embedder, course_id: str, vectors: Vectors) -> None:
    body = b"".join([model.name.encode(), b"\n", *(part for each in vectors.items() for part in each)])
    clients.client("s3").put_object(
        Bucket=settings().bucket, Key=_key(course_id), Body=body, ContentType="application/octet-stream"
    )


def _key(course_id: str) -> str:
    return f"{FOLDER}{context.tenant()}/meaning/{course_id}"


def _digest(passage: Passage) -> bytes:
    return hashlib.sha256(passage.text.encode()).digest()[:_DIGEST]
