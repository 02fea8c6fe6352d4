"""The routes by which everybody watches their own long jobs, whichever domain does them."""

from typing import Annotated

from lyceum.kit.http import USER, Api, Caller, Listing, Page, Query
from lyceum.kit.long_jobs import control
from lyceum.kit.long_jobs.records import LongJob
from lyceum.kit.long_jobs.schemas import JobView, view


def serve(api: Api) -> None:
    """Declare the routes on the API of the one domain that answers them."""

    @api.get("/api/jobs", access=USER)
    def list_jobs(caller: Caller, query: Annotated[Listing, Query()]) -> Page[JobView]:
        """List one's own long jobs of the last 30 days, the newest first."""
        return query.page(control.listed(caller.user_id, limit=query.limit, after=query.start_key()), view)

    @api.get("/api/jobs/{jobId}", access=USER, owner_of=LongJob)
    def show_job(job_id: str, caller: Caller) -> JobView:
        """Show how far one's own job is."""
        return view(control.show(caller.user_id, job_id))

    @api.delete("/api/jobs/{jobId}", access=USER, owner_of=LongJob)
    def cancel_job(job_id: str, caller: Caller) -> JobView:
        """Cancel one's own job; what it did so far stays."""
        return view(control.cancel(caller.user_id, job_id))
