"""The DTCG value types that themes use, each with its CSS text."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, model_validator


class Value(BaseModel):
    """One token's value."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    def css(self) -> str:
        """The value as CSS text."""
        raise NotImplementedError

    def families(self) -> tuple[str, ...]:
        """Font families that the value names; none for most."""
        return ()


class Color(Value):
    """`components` are sRGB from 0 to 1. `hex` may repeat them for people and tools; then both must agree."""

    color_space: Annotated[Literal["srgb"], Field(alias="colorSpace")]
    components: tuple[
        Annotated[float, Field(ge=0, le=1)], Annotated[float, Field(ge=0, le=1)], Annotated[float, Field(ge=0, le=1)]
    ]
    alpha: Annotated[float, Field(ge=0, le=1)] = 1
    hex: Annotated[str, Field(pattern=r"^#[0-9a-f]{6}$")] | None = None

    @model_validator(mode="after")
    def _hex_agrees(self) -> "Color":
        if self.hex is not None and self.hex != self.hex_text():
            raise ValueError(f"hex says {self.hex}, components say {self.hex_text()}")
        return self

    def hex_text(self) -> str:
        """#rrggbb, without alpha."""
        return "#" + "".join(f"{round(part * 255):02x}" for part in self.components)

    def css(self) -> str:
        return self.hex_text() if self.alpha == 1 else f"{self.hex_text()}{round(self.alpha * 255):02x}"


class Dimension(Value):
    value: float
    unit: Literal["px", "rem"]

    def css(self) -> str:
        return f"{self.value:g}{self.unit}"


class Duration(Value):
    value: Annotated[float, Field(ge=0)]
    unit: Literal["ms", "s"]

    def css(self) -> str:
        return f"{self.value:g}{self.unit}"


class Shadow(Value):
    """One soft shadow."""

    color: Color
    offset_x: Annotated[Dimension, Field(alias="offsetX")]
    offset_y: Annotated[Dimension, Field(alias="offsetY")]
    blur: Dimension
    spread: Dimension

    def css(self) -> str:
        lengths = (self.offset_x, self.offset_y, self.blur, self.spread)
        return " ".join([*(length.css() for length in lengths), self.color.css()])


class Number(Value):
    number: float

    def css(self) -> str:
        return f"{self.number:g}"


class FontWeight(Value):
    weight: Annotated[int, Field(ge=1, le=1000)]

    def css(self) -> str:
        return str(self.weight)


class FontFamily(Value):
    names: Annotated[tuple[str, ...], Field(min_length=1)]

    def css(self) -> str:
        return ",".join(f'"{name}"' if " " in name else name for name in self.names)

    def families(self) -> tuple[str, ...]:
        return self.names


class CubicBezier(Value):
    points: tuple[float, float, float, float]

    def css(self) -> str:
        return f"cubic-bezier({','.join(f'{point:g}' for point in self.points)})"


_OBJECTS: dict[str, type[Value]] = {"color": Color, "dimension": Dimension, "duration": Duration, "shadow": Shadow}
_PLAIN: dict[str, tuple[type[Value], str]] = {
    "number": (Number, "number"),
    "fontWeight": (FontWeight, "weight"),
    "fontFamily": (FontFamily, "names"),
    "cubicBezier": (CubicBezier, "points"),
}


def read_value(kind: str, raw: Any) -> Value:
    """The value of DTCG type `kind`. Raises KeyError for a type we do not use, ValidationError for a bad value."""
    if kind in _OBJECTS:
        return TypeAdapter(_OBJECTS[kind]).validate_python(raw)
    model, field = _PLAIN[kind]
    if kind == "fontFamily" and isinstance(raw, str):
        raw = [raw]
    return model.model_validate({field: raw})
