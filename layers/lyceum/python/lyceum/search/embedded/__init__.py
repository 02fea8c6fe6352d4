"""The embedded engine: Tantivy over files in the bucket, with the log of changes laid over them."""
