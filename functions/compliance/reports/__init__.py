"""Reports on data protection, and certifications."""
