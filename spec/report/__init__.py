"""Reports of runs: first as data, and then, made from the data, as Markdown, an HTML page, a badge, and findings."""
