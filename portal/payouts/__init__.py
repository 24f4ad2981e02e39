"""What a return is worth and how it is paid back: `rules` values and quotes, `returns` stores the quote as shown."""
