"""Documents become passages in an index: load, chunk, embed, index, and the manifest."""
