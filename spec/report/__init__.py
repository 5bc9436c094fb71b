"""What a run found, as data, and what is made from it: Markdown, a page of HTML, a badge, a table of causes."""
