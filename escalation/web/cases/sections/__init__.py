"""The sections of the case page: each is a function from the case file to what its template shows."""
