"""Adapters behind the ports: local language, Chroma evidence, embedder, stores."""
