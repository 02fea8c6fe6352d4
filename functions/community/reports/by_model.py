"""Reports that a language model makes, one a thing: for people to look at. They hold nothing, and count for no hold."""

from lyceum.kit import ids
from lyceum.kit.errors import Conflict
from lyceum.kit.table import Unit
from lyceum.model.community.reports import Report
from lyceum.tasks.community import ReportFound

from functions.community.reports import following, rules


def report(found: ReportFound, unit: Unit) -> None:
    """Put what a model found into the moderators' queue, once a thing (3 requests more for what is about safety)."""
    queue = rules.queue_of(found.type)
    made_by = {"model": found.made_by["model"], "prompt_version": found.made_by["promptVersion"]}
    made = Report(
        report_id=ids.related_id(found.item_id, "by_model"),
        author_id=found.author_id,
        item_type=found.item_type,
        item_id=found.item_id,
        within=found.within,
        type=found.type,
        excerpt=found.quote,
        found={"toxicity": found.toxicity, "sentiment": found.sentiment, "quote": found.quote, **made_by},
        queue=queue,
        rank=rules.GREATEST - rules.priority(found.type, 1),
    )
    unit.create(made, refuse=Conflict("It is reported already."))
    if queue == rules.SAFEGUARDING:
        data = {"reportId": str(made.report_id), "type": found.type}
        following.tell_moderators(unit, found.event_id, "report.safeguarding", data)
