"""Accounts, sign-in and the proof of who is calling.

Rooms and files, upper to lower; each imports downwards only:

1. `http`, `events`: the doors
2. `accounts`
3. `sign_in`: begins, refreshes and ends sessions
4. `credentials`: passwords, codes, second factors and their counters
5. `client_context`, `schemas`
"""
