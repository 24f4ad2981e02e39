"""Every role a theme fills, in one list: its path in tokens.json, its DTCG type, and what it is for.

The base style sheets know these roles only. A theme that misses one, or invents one, does not load.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Role:
    """`path` is the token's name with dots; `kind` its DTCG `$type`; `unit` is added to a plain number in CSS."""

    path: str
    kind: str
    meaning: str
    unit: str = ""

    @property
    def property(self) -> str:
        """The CSS custom property: color.text-soft is --text-soft, size.title is --size-title."""
        return "--" + self.path.removeprefix("color.").replace(".", "-")


ROLES: tuple[Role, ...] = (
    Role("color.surface", "color", "The page itself"),
    Role("color.raised", "color", "Cards and fields that lie on the page"),
    Role("color.text", "color", "Everything that is read"),
    Role("color.text-soft", "color", "Second voice: dates, hints, details"),
    Role("color.line", "color", "Hairlines that only separate"),
    Role("color.line-strong", "color", "Lines that carry shape: rail, timeline, quiet buttons"),
    Role("color.field", "color", "Border of inputs, 3:1 against what it lies on"),
    Role("color.accent", "color", "What moves, or what to press"),
    Role("color.accent-tint", "color", "A breath of the accent behind chosen things"),
    Role("color.on-accent", "color", "Words on the accent"),
    Role("color.spark", "color", "One small decorative touch, never words"),
    Role("color.ok", "color", "Words of good news"),
    Role("color.ok-tint", "color", "Ground of good news"),
    Role("color.warn", "color", "Words of a delay"),
    Role("color.warn-tint", "color", "Ground of a delay"),
    Role("color.danger", "color", "Words of an error or a loss"),
    Role("color.danger-tint", "color", "Ground of an error or a loss"),
    Role("color.focus", "color", "Ring around what the keyboard is on"),
    Role("color.art-ground", "color", "Behind product pictures"),
    Role("color.art-ink", "color", "The initial that stands in for a missing picture"),
    Role("color.hero", "color", "Behind the first words of a page"),
    Role("color.on-hero", "color", "The first words themselves"),
    Role("color.on-hero-soft", "color", "The sentence and the eyebrow around them"),
    Role("font.text", "fontFamily", "Running text, buttons, numbers"),
    Role("font.display", "fontFamily", "Headings and the wordmark"),
    Role("weight.strong", "fontWeight", "Emphasis in running text"),
    Role("weight.display", "fontWeight", "The one large heading"),
    Role("weight.title", "fontWeight", "Headings of sections"),
    Role("weight.mark", "fontWeight", "The wordmark"),
    Role("size.small", "dimension", "Hints, dates, captions"),
    Role("size.text", "dimension", "Running text"),
    Role("size.lede", "dimension", "The sentence under the heading"),
    Role("size.title", "dimension", "Headings of sections"),
    Role("size.button", "dimension", "Words on buttons"),
    Role("size.mark", "dimension", "The wordmark"),
    Role("size.display-min", "dimension", "The large heading on the narrowest phone"),
    Role("size.display-max", "dimension", "The large heading on a wide screen"),
    Role("track.display", "number", "Letter spacing of the large heading, in em", "em"),
    Role("track.mark", "number", "Letter spacing of the wordmark, in em", "em"),
    Role("track.eyebrow", "number", "Letter spacing of the line above the heading, in em", "em"),
    Role("track.button", "number", "Letter spacing on buttons, in em", "em"),
    Role("leading.display", "number", "Line height of the large heading"),
    Role("radius.card", "dimension", "Corners of cards"),
    Role("radius.art", "dimension", "Corners of product pictures"),
    Role("radius.field", "dimension", "Corners of inputs"),
    Role("radius.button", "dimension", "Corners of buttons"),
    Role("radius.chip", "dimension", "Corners of status chips"),
    Role("rail.weight", "dimension", "Thickness of the journey line"),
    Role("space.scale", "number", "Air: every distance is multiplied by this"),
    Role("shadow.card", "shadow", "Shadow under cards"),
    Role("motion.pace", "duration", "How long small changes take"),
    Role("motion.ease", "cubicBezier", "How they start and stop"),
)

BY_PATH: dict[str, Role] = {role.path: role for role in ROLES}
