"""What an exam asks and by which rules: policies, papers, forms, embargoes."""
