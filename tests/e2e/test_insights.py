"""In the deployed stack what users do becomes figures, models are learnt, and reports are written as files."""

import httpx
import pytest

from tests.e2e.conftest import Remote, Stack, eventually

pytestmark = pytest.mark.e2e


def written(admin: Remote, report_id: str) -> str:
    """Return where the file of a report is, once it is written."""
    place = f"/api/analytics/reports/{report_id}"
    eventually(lambda: admin.get(place).data["state"] == "done", "the report is written")
    return str(admin.get(place).data["url"])


def test_figures_models_reports_and_experiments_work_together(stack: Stack) -> None:
    admin, student = stack.as_("admin"), stack.as_("second_student")
    user_id = student.get("/api/auth/me").data["userId"]
    eventually(lambda: admin.get(f"/api/ml/user-behavior/{user_id}").status == 200, "the sign-in is counted")
    training = admin.post("/api/ml/retrain", {}).data
    ordered = [
        admin.post("/api/analytics/reports/generate", {"metric": "activity", "days": 7, "format": form}).data
        for form in ("csv", "xlsx", "pdf")
    ]
    again = {"metric": "activity", "days": 7, "format": "csv", "every": "day"}
    schedule = admin.post("/api/analytics/reports/generate", again).data["scheduleId"]
    place = "/api/analytics/reports/schedules"
    assert [each["scheduleId"] for each in admin.get(place).data] == [schedule]
    assert admin.send("DELETE", f"{place}/{schedule}", None, {}).status == 200
    for path in ("sales/revenue", "products/performance", "conversion/funnel", "cohorts", "churn", "basket"):
        assert admin.get(f"/api/analytics/{path}").status == 200, path
    assert admin.get("/api/admin/anomalies").status == 200
    assert student.get(f"/api/ml/recommendations/{user_id}").status == 200
    assert student.get("/api/analytics/churn").status == 403
    for report, start in zip(ordered, ("\ufeffday,".encode(), b"PK", b"%PDF-"), strict=True):
        assert httpx.get(written(admin, report["reportId"])).content.startswith(start)
    job = f"/api/jobs/{training['jobId']}"
    eventually(lambda: admin.get(job).data["state"] == "done", "models are learnt")
