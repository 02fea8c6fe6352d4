"""A simulator of load: what many thousands of people at once would do to keys, queues and quotas, and to the bill.

`recording` and `stories` let a few people act in process and note each request to storage; `profiles` takes out who it
was; `scenarios` says how many act when; `engine` lets time run against the quotas in `limits.toml`; `report` prints
what came of it, beside the budgets in `budgets.toml`.
"""
