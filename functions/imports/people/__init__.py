"""Accounts from files: CSV, workbooks and OneRoster packages, tried dry before anything is written."""
