"""Next questions and learning paths: by item response theory and the order of topics, each with its reason."""
