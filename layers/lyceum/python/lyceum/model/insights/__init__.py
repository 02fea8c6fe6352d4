"""What insights store: figures folded from events, what is kept of people for them, experiments, traffic."""
