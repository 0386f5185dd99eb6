"""The web chat: Chainlit over the advisor. Only `serving` may be imported before the app folder is made."""
