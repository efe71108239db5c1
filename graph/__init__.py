"""Whodid reads news articles into a knowledge graph of who did what to whom, when, where, and who says so."""
