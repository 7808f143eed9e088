"""What the page is made of: cards, figures, notices, the theme. They show what they are given and do no work."""
