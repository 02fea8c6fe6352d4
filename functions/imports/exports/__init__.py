"""Data sets of the tenant as files: accounts, results, grades and the audit trail."""
