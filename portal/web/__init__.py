"""What every page needs: rendering, forms, sessions, CSRF, headers, language, errors. Knows no feature."""
