"""Training: users are counted page by page, and behind the last page the tenant's models are learnt of the counts.

What pages count stands in files of the job, which expire; nothing of another tenant's is read.
"""

import gzip
import json
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from lyceum.kit import clock, context, ids
from lyceum.kit.aws import clients
from lyceum.kit.errors import Conflict
from lyceum.kit.identity import Principal
from lyceum.kit.long_jobs import control
from lyceum.kit.long_jobs.records import LongJob
from lyceum.kit.long_jobs.worker import Progress
from lyceum.kit.settings import settings
from lyceum.kit.table import Unit, batch_fetch, find
from lyceum.model.audit import audit
from lyceum.model.insights.activity import SeenUser
from lyceum.model.insights.journeys import Journey, TrainedModel
from lyceum.model.users.account import User
from lyceum.rules.operating import circuits
from lyceum.tasks.insights import TrainModels

from functions.insights.models import learning
from functions.insights.models.tally import Tally

PREFIX = "derived/exports/"
NIGHTLY = "system"
"""Whose the job of the night is."""
_PAGE = 100


def start(caller: Principal) -> LongJob:
    """Start training now; the tenant's models change when the job is done."""
    unit = Unit()
    job = control.start(unit, TrainModels(owner_id=caller.user_id))
    unit.create(audit("models.train", str(job.job_id), before={}, after={})).commit()
    return job


def start_nightly(night: datetime) -> None:
    """Start the training of a night unless its circuit is open; done again, it changes nothing."""
    if circuits.is_left_out(circuits.training("insights")):
        return
    unit = Unit()
    job_id = ids.derived_id(night, TrainModels.name, context.tenant())
    control.start(unit, TrainModels(owner_id=NIGHTLY, job_id=job_id))
    try:
        unit.commit()
    except Conflict:
        return


def train_page(task: TrainModels, unit: Unit) -> Progress:
    """Count a page of users; behind the last one learn and store the models."""
    with circuits.noted(circuits.training("insights")):
        return _train_page(task, unit)


def _train_page(task: TrainModels, unit: Unit) -> Progress:
    today = clock.now().date().toordinal()
    found = find(User, index="gsi1", limit=_PAGE, after=task.after)
    user_ids = [str(user.user_id) for user in found.items if user.status != "deleted"]
    tally = counted(user_ids, today)
    if found.last_key is not None:
        _put(task, task.page, tally)
        return Progress(done=len(user_ids), after=found.last_key)
    whole = Tally()
    for number in range(task.page):
        whole.merge(_get(task, number))
    whole.merge(tally)
    for model in learn(whole):
        unit.put(model)
    return Progress(done=len(user_ids), total=whole.users, result="/api/analytics/churn")


def counted(user_ids: Iterable[str], today: int) -> Tally:
    """Count users as they are (a request for each hundred items)."""
    names = list(user_ids)
    tally = Tally()
    journeys = batch_fetch([Journey.at(user_id=name) for name in names]) if names else []
    seen = batch_fetch([SeenUser.at(user_id=name) for name in names]) if names else []
    for name, journey, visits in zip(names, journeys, seen, strict=True):
        tally.add(
            name,
            journey if isinstance(journey, Journey) else None,
            visits if isinstance(visits, SeenUser) else None,
            today,
        )
    return tally


def learn(tally: Tally) -> list[TrainedModel]:
    """Return every model that the counts are enough for."""
    makers: dict[str, Callable[[Tally], learning.Learnt | None]] = {
        "lifetime": learning.lifetime_of,
        "churn": learning.churn_of,
        "basket": learning.products_of,
        "courses": learning.courses_of,
        "behaviour": learning.behaviour_of,
    }
    now = clock.now()
    models = []
    for name, make in makers.items():
        learnt = make(tally)
        if learnt is not None:
            models.append(
                TrainedModel(name=name, values=learnt.values, card=learnt.card, sample=learnt.sample, trained_at=now)
            )
    return models


def _key(task: TrainModels, number: int) -> str:
    return f"{PREFIX}{context.tenant()}/{task.owner_id}/{task.job_id}/{number:05d}.json.gz"


def _put(task: TrainModels, number: int, tally: Tally) -> None:
    body = gzip.compress(json.dumps(tally.to_json()).encode(), mtime=0)
    clients.client("s3").put_object(Bucket=settings().bucket, Key=_key(task, number), Body=body)


def _get(task: TrainModels, number: int) -> Tally:
    body: bytes = clients.client("s3").get_object(Bucket=settings().bucket, Key=_key(task, number))["Body"].read()
    kept: dict[str, Any] = json.loads(gzip.decompress(body))
    return Tally.from_json(kept)
