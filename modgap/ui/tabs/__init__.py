"""The tabs of the page: layout, and the handler of each event."""
