"""Content with more than two sides: models in three dimensions, and pictures and films all around."""
