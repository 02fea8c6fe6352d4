"""Content of model."""
