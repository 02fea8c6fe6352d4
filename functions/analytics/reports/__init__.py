"""Progress reports as files: CSV, XLSX, PDF."""
