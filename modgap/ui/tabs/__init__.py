"""The tabs of the page: layout, and which handler each press reaches."""
