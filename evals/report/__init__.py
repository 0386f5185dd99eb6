"""The reports: a run, or two beside each other, in the terminal and as one HTML file.

Knows nothing of how anything is measured or judged: a run, and a verdict where there is one, are given.
All texts of a run are what users, documents and models wrote, so none is ever read as markup.
"""
