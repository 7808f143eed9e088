"""Search: encode a query, rank each group by a method, merge, and judge the hits."""
