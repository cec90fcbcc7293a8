"""What listeners' scores mean: tables, figures, one page."""
