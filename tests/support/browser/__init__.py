"""A browser, and what people do in it."""
