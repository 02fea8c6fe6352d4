"""Searching everything, and searching questions."""

from lyceum.kit.errors import Detail, Unauthenticated, ValidationFailed
from lyceum.kit.identity import Principal
from lyceum.kit.table import find
from lyceum.model.questions.statistics import SolvedQuestions
from lyceum.search.documents import KINDS, key_of
from lyceum.search.filters import AllOf, Filter, OneOf, folded
from lyceum.search.queries import Search, grants_of

from functions.search import analytics, fields, filters, results
from functions.search.schemas import QuestionSearch, Results, SearchQuery

_FACETS = ("kind", "subject", "course_id", "language", "difficulty", "grade_level")
_QUESTION_FACETS = ("subject", "course_id", "topic_id", "type", "difficulty", "exam_body", "tags")
_NARROWING = ("subject", "course_id", "topic_id", "department_id", "language", "difficulty", "grade_level")
_MOST_SOLVED = 1_000


def everything(caller: Principal | None, query: SearchQuery) -> Results:
    """Search everything that the caller may find (1 storage request).

    Raises ValidationFailed for an unknown kind, FilterInvalid, which names the place.
    """
    narrowing: list[Filter] = [
        OneOf(name, (folded(value),)) for name in _NARROWING if (value := getattr(query, name)) is not None
    ]
    search = Search(
        grants_of(caller),
        text=query.q,
        kinds=_kinds(query.types),
        filter=_all([*narrowing, fields.read_filter(query.filter)]),
        sort=("-created_at",) if query.sort == "newest" else (),
        facets=_FACETS,
        offset=results.offset_of(query),
        limit=query.limit,
    )
    found = results.answer(search, query)
    if search.offset == 0:
        analytics.note(caller, query.q, is_empty=not found.total)
    return found


def questions(caller: Principal | None, query: QuestionSearch) -> Results:
    """Search questions (1 storage request, one more for what the caller solved, one more for a saved filter).

    Raises Unauthenticated for an anonymous caller's own answers, FilterInvalid, which names the place, and
    RuleViolation SORT_TOO_WIDE.
    """
    saved = filters.named(caller, query.filter_id) if query.filter_id else None
    text = query.q or (saved.text if saved else None) or ""
    wanted = [fields.read_filter(query.filter), fields.read_filter(saved.filter if saved else None)]
    solved = _solved(caller) if query.solved is not None else ()
    search = Search(
        grants_of(caller),
        text=text,
        kinds=("question",),
        filter=_all(wanted),
        only_keys=solved if query.solved else None,
        except_keys=() if query.solved else solved,
        sort=fields.read_sort(query.sort or (saved.sort if saved else None)),
        facets=_QUESTION_FACETS,
        offset=results.offset_of(query),
        limit=query.limit,
    )
    found = results.answer(search, query)
    if search.offset == 0 and text:
        analytics.note(caller, text, is_empty=not found.total)
    return found


def _kinds(types: str | None) -> tuple[str, ...]:
    given = tuple(dict.fromkeys(each.strip() for each in types.split(","))) if types else ()
    if unknown := sorted(set(given) - set(KINDS)):
        wrong = f"knows {', '.join(KINDS)}"
        raise ValidationFailed(f"There is no type {unknown[0]}.", details=[Detail("types", wrong)])
    return given


def _all(parts: list[Filter | None]) -> Filter | None:
    given = tuple(part for part in parts if part is not None)
    return AllOf(given) if given else None


def _solved(caller: Principal | None) -> tuple[str, ...]:
    if caller is None:
        raise Unauthenticated("Sign in to filter by your own answers.")
    found = find(SolvedQuestions, user_id=caller.user_id, limit=_MOST_SOLVED)
    return tuple(key_of("question", name) for each in found.items for name in each.question_ids or ())
