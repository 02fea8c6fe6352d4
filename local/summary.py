"""What `make up` says in the end."""

from typing import Any

from local.place import Place


def summary(place: Place, stack: dict[str, Any], seconds: float) -> str:
    """Write the addresses, the demo accounts and three lines to try."""
    api = stack["apiUrl"].replace("$", "\\$")
    lines = [
        "",
        f"Lyceum is up ({seconds:.0f} s)",
        f"  API   {stack['apiUrl']}",
        f"  Live  {stack['wsUrl']}",
        f"  Docs  {stack['docsUrl']}",
        f"  Admin {stack['apiUrl']}/console",
        f"  Mail  {place.url}/_ministack/ses/messages",
        f"  Texts {place.url}/_ministack/sns/sms-messages",
        f"  Pay   {stack.get('paymentsUrl', '')} (local payment providers)",
        f"  Watch {stack.get('proctorUrl', '')} (a local system that watches exams)",
        f"  Told to tools in {place.stack_file}",
    ]
    accounts: dict[str, dict[str, str]] = stack["accounts"]
    if accounts:
        lines += ["", "Demo accounts"]
        lines += [f"  {role:<12} {account['email']:<34} {account['password']}" for role, account in accounts.items()]
    lines += [
        "",
        "Try",
        f'  curl "{api}/api/health"',
        f'  curl "{api}/.well-known/jwks.json"',
        f"  {_sign_in(api, accounts)}",
        "",
    ]
    return "\n".join(lines)


def _sign_in(api: str, accounts: dict[str, dict[str, str]]) -> str:
    account = accounts.get("student") or {"email": "you@example.com", "password": "..."}
    body = f'{{"identifier": "{account["email"]}", "password": "{account["password"]}"}}'
    return f"curl \"{api}/api/auth/login\" -H 'content-type: application/json' -d '{body}'"
