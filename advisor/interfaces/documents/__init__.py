"""A memo as a file: Markdown, HTML, PDF, DOCX and JSON, all from one document model.

`formats.render` is the way in. Importing this package loads nothing.
"""
