"""Workers behind queues, and the messages that they send themselves."""
