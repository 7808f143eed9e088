"""The work behind the page, and what belongs to one visitor. Imports no layout."""
