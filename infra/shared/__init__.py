"""The stacks that all domains share."""
