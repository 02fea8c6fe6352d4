"""Works the figures of learners and of the tenant out again: `python -m tools.rebuild dev [tenant] [learner]`.

What is right stays untouched, so it may run at any time and be stopped and begun anew. It prints how many items were
not right; every one of them is a fault of the fold, or of whoever wrote to the table by hand. Of one learner alone the
tenant's figures, which come out of its lake of events, stay as they are.
"""

import sys
from collections.abc import Iterator

from infra.settings import UnfitSettings
from lyceum.kit import context
from tools.stages import point_at, require_tenant

OPERATOR = "operator"
"""Who acts."""


def rebuild(learner: str | None = None) -> tuple[int, int]:
    """Work out one learner's figures of the current tenant, or everybody's; returns how many, and items not right."""
    from functions.analytics.figures import rebuilding

    done = wrong = 0
    for user_id in [learner] if learner else _everybody():
        done, wrong = done + 1, wrong + rebuilding.rebuild(user_id)
    return done, wrong


def rebuild_insights() -> tuple[int, int]:
    """Work the current tenant's figures out of its lake; returns how many items, and how many were not right."""
    from functions.insights.lake import rebuilding

    return rebuilding.rebuild()


def _everybody() -> Iterator[str]:
    from functions.analytics.figures import rebuilding

    after = None
    while True:
        found, after = rebuilding.learners(after)
        yield from found
        if after is None:
            return


def main(stage_name: str, tenant: str = context.MAIN_TENANT, learner: str | None = None) -> int:
    """Work figures out with the credentials at hand; returns the exit status."""
    try:
        point_at(stage_name)
        require_tenant(tenant)
    except UnfitSettings as error:
        sys.stderr.write(f"{error}\n")
        return 1
    with context.working(context.RequestContext(tenant=tenant, actor=OPERATOR, correlation_id=OPERATOR)):
        done, wrong = rebuild(learner)
        sys.stdout.write(f"· {done} learners of {tenant} are right, {wrong} of their items were not before\n")
        if learner is None:
            items, wrong = rebuild_insights()
            sys.stdout.write(f"· {items} figures of {tenant} are right, {wrong} of them were not before\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
