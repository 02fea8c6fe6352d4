"""Accounts, sign-in and the proof of who is calling."""
