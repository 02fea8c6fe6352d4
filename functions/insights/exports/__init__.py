"""Reports that somebody chose: a metric, its dimension, a period, as CSV, XLSX or PDF with a chart."""
