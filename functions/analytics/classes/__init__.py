"""Reports of classes and teachers."""
