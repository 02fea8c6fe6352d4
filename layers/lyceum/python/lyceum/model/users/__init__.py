"""Users of model."""
