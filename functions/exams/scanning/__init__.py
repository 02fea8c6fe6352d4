"""Answer sheets that come back as scans or photographs: found, straightened, read mark by mark, and scored."""
