"""What is wrong with a theme, said to its designer."""


class ThemeProblem(ValueError):
    """`where` names the token, choice or file; the message says what is wrong and what would be right."""

    def __init__(self, theme: str, where: str, what: str) -> None:
        super().__init__(f"theme {theme}: {where}: {what}")
        self.theme = theme
        self.where = where
        self.what = what
