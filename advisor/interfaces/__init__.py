"""Faces: the command line and the memo renderers. A face translates in, calls, translates out."""
