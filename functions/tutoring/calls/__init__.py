"""The call of a session: who may come in, and what helps two browsers to find each other."""
