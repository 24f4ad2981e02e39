"""What a theme chooses from closed lists, because it is neither a colour nor a size: the [choices] of theme.toml.

Each choice stands for a few custom properties, so that even layout stays out of a theme's hands and in ours.
"""

from portal.branding.problems import ThemeProblem

_BOXED = {
    "--card-ground": "var(--raised)",
    "--card-border": "1px solid var(--line)",
    "--card-rule": "1px solid var(--line)",
    "--card-inset": "clamp(1.15rem,2.4vw,1.85rem)",
    "--card-gap": "1.25rem",
    "--row-ground": "var(--raised)",
    "--row-border": "1px solid var(--line)",
    "--row-rule": "1px solid var(--line)",
    "--row-gap": ".75rem",
    "--rows-rule": "0 solid transparent",
}
_RULED = {
    "--card-ground": "transparent",
    "--card-border": "0 solid transparent",
    "--card-rule": "1px solid var(--text)",
    "--card-inset": "0rem",
    "--card-gap": "2.75rem",
    "--row-ground": "transparent",
    "--row-border": "0 solid transparent",
    "--row-rule": "1px solid var(--line)",
    "--row-gap": "0rem",
    "--rows-rule": "1px solid var(--text)",
}

CHOICES: dict[str, dict[str, dict[str, str]]] = {
    "card": {"boxed": _BOXED, "ruled": _RULED},
    "eyebrow_case": {"none": {"--eyebrow-case": "none"}, "uppercase": {"--eyebrow-case": "uppercase"}},
    "button_case": {"none": {"--button-case": "none"}, "uppercase": {"--button-case": "uppercase"}},
    "mark_case": {"none": {"--mark-case": "none"}, "uppercase": {"--mark-case": "uppercase"}},
    "mark_place": {
        "start": {"--bar-columns": "auto 1fr auto", "--mark-column": "1"},
        "centre": {"--bar-columns": "1fr auto 1fr", "--mark-column": "2"},
    },
    "dot": {
        "round": {"--dot-radius": "50%", "--dot-turn": "0deg"},
        "diamond": {"--dot-radius": "0", "--dot-turn": "45deg"},
    },
    "hero": {
        "horizon": {
            "--art-inline": "100%",
            "--art-block": "auto",
            "--art-narrow": "11rem",
            "--hero-foot": "clamp(7.5rem,10vw,9.5rem)",
            "--hero-foot-narrow": "10.5rem",
            "--rail-pull": "-3.5rem",
            "--bar-rule": "0 solid transparent",
            "--hero-lift": "var(--bar)",
            "--hero-words": "62%",
            "--art-focus-narrow": "72% 100%",
            "--art-focus": "100% 80%",
            "--art-end": "0",
            "--art-full": "auto",
        },
        "beside": {
            "--art-inline": "min(46vw,40rem)",
            "--art-block": "100%",
            "--art-narrow": "9rem",
            "--hero-foot": "clamp(1.5rem,3vw,2.5rem)",
            "--hero-foot-narrow": "10rem",
            "--rail-pull": "0rem",
            "--bar-rule": "1px solid var(--line)",
            "--hero-lift": "0rem",
            "--hero-words": "54%",
            "--art-focus-narrow": "50% 0",
            "--art-focus": "100% 100%",
            "--art-end": "max(0rem,calc(var(--gutter) - 9rem))",
            "--art-full": "100%",
        },
    },
}


def choice_properties(chosen: dict[str, str], theme: str) -> dict[str, str]:
    """The custom properties of a theme's choices. Raises ThemeProblem naming the choice that is unknown or missing."""
    for name in chosen:
        if name not in CHOICES:
            raise ThemeProblem(theme, f"choices.{name}", f"no such choice; there are {', '.join(CHOICES)}")
    properties: dict[str, str] = {}
    for name, options in CHOICES.items():
        value = chosen.get(name)
        if value not in options:
            raise ThemeProblem(theme, f"choices.{name}", f"is {value!r}; choose one of {', '.join(options)}")
        properties |= options[value]
    return properties
