"""The start page: what waits for the viewer, and for others."""
