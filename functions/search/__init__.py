"""Search: everything that can be found, the question search with its filters, suggestions, saved filters, figures."""
