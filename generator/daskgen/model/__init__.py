"""Define what all models of the spec share: strictness, names in YAML, and types of fields."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

from pydantic import (
    AfterValidator,
    AnyUrl,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    Strict,
    ValidationError,
)
from pydantic.alias_generators import to_camel
from pydantic_core import (
    CoreSchema,
    InitErrorDetails,
    PydanticCustomError,
    PydanticKnownError,
    SchemaValidator,
    core_schema,
)

from daskgen.kubernetes import addresses, quantity
from daskgen.model.patterns import (
    ABSOLUTE_PATH,
    CIDR,
    DNS_LABEL,
    DURATION,
    ENVIRONMENT_NAME,
    HOST,
    HOST_PATTERN,
    HOURS,
    HTTP_URL,
    LABEL_KEY,
    LABEL_VALUE,
    OBJECT_NAME,
    SUB_PATH,
    URL_PATH,
)
from daskgen.paths import Path

if TYPE_CHECKING:
    from pydantic.json_schema import JsonSchemaValue

T = TypeVar("T")


class Model(BaseModel):
    """A part of the spec: no unknown fields, no conversions, immutable; camelCase in YAML."""

    # Built at first use, as `daskgen --help` does not need it.
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, alias_generator=to_camel, defer_build=True)


Items = Annotated[tuple[T, ...], Strict(False)]
"""A YAML list."""


def refuse(message: str, hint: str = "") -> PydanticCustomError:
    """Return the error with which a validator refuses a value; `hint` says what to do."""
    return PydanticCustomError("refused", "{message}", {"message": message, "hint": hint})


def refuse_parts(parts: Iterable[tuple[Path, str, str, bool]]) -> ValidationError:
    """Return the error with which a validator refuses parts of a value: their paths, messages and hints, and whether
    their keys are wrong."""
    details: list[InitErrorDetails] = [
        {
            "type": PydanticCustomError("refused", "{message}", {"message": message, "hint": hint, "key": key}),
            "loc": path,
            "input": None,
        }
        for path, message, hint, key in parts
    ]
    return ValidationError.from_exception_data("refused", details)


Name = Annotated[str, Field(pattern=DNS_LABEL, max_length=63)]
ObjectName = Annotated[str, Field(pattern=OBJECT_NAME, max_length=253)]
Host = Annotated[str, Field(pattern=HOST, max_length=253)]
HostPattern = Annotated[str, Field(pattern=HOST_PATTERN, max_length=253)]
UrlPath = Annotated[str, Field(pattern=URL_PATH)]
EnvironmentName = Annotated[str, Field(pattern=ENVIRONMENT_NAME)]
LabelKey = Annotated[str, Field(pattern=LABEL_KEY, max_length=317)]
LabelValue = Annotated[str, Field(pattern=LABEL_VALUE, max_length=63)]
SubPath = Annotated[str, Field(pattern=SUB_PATH)]
Duration = Annotated[str, Field(pattern=DURATION)]
Hours = Annotated[str, Field(pattern=HOURS)]
MountPath = Annotated[str, Field(pattern=ABSOLUTE_PATH)]
Text = Annotated[str, Field(min_length=1)]
Labels = dict[LabelKey, LabelValue]


def _check_range(text: str) -> str:
    if not addresses.is_range(text):
        raise refuse(f"the text {text} is not allowed", addresses.HINT)
    return text


Cidr = Annotated[str, Field(pattern=CIDR), AfterValidator(_check_range)]


def _check_url(text: str) -> str:
    try:
        AnyUrl(text)
    except ValidationError:
        raise refuse(f"{text} is not a URL", "write one such as https://login.example.com") from None
    return text


Url = Annotated[str, Field(pattern=HTTP_URL), AfterValidator(_check_url)]


def _check_repeated(elements: tuple[T, ...]) -> tuple[T, ...]:
    """Refuse duplicate elements of a list that Kubernetes identifies by name."""
    repeated = [index for index, element in enumerate(elements) if element in elements[:index]]
    if repeated:
        raise refuse_parts(((index,), "is already in the list", "remove it", False) for index in repeated)
    return elements


Unique = AfterValidator(_check_repeated)


def _check_annotations(annotations: dict[str, str]) -> dict[str, str]:
    """Refuse keys that kustomize 5.8.1 reads as numbers or the like, and then cannot build."""
    for key in annotations:
        if re.fullmatch(r"[-+.0-9][^/]*|true|false|null", key, re.IGNORECASE):
            raise refuse(f"kustomize cannot build an annotation {key}", "put a domain and a slash before it")
    return annotations


Annotations = Annotated[dict[LabelKey, str], AfterValidator(_check_annotations)]


def _check_quantity(value: object) -> object:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return value
    text = str(value)
    try:
        amount = quantity.parse(text)
    except ValueError:
        raise refuse(f"{text} is not a Kubernetes quantity", quantity.suggest(text)) from None
    if amount <= 0:
        raise refuse(f"{text} must be more than 0")
    return text


Quantity = Annotated[str, BeforeValidator(_check_quantity, json_schema_input_type=str | int | float)]
"""A quantity of Kubernetes, kept as it was written."""


class FromText:
    """Allow to write a part as one text, which `read` turns into its fields."""

    def __init__(self, read: Callable[[str], dict[str, Any]]) -> None:
        self.read = read

    def _convert(self, value: Any) -> Any:
        if value is None or isinstance(value, bool | int | float):
            raise PydanticKnownError("string_type")
        return self.read(value) if isinstance(value, str) else value

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Read text first; fields pass as they are."""
        return core_schema.no_info_before_validator_function(self._convert, handler(source))

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        """Offer both forms."""
        return {"anyOf": [{"type": "string"}, handler(schema)]}


class FromNumber:
    """Allow to write a part as one whole number from `least` to `most`, which `read` turns into its fields."""

    def __init__(self, least: int, most: int, read: Callable[[int], dict[str, Any]]) -> None:
        self.numbers = core_schema.int_schema(ge=least, le=most, strict=True)
        self.read = read

    def _convert(self, value: Any) -> Any:
        if isinstance(value, dict | Model):
            return value
        return self.read(SchemaValidator(self.numbers).validate_python(value))

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Read a number first; fields pass as they are."""
        return core_schema.no_info_before_validator_function(self._convert, handler(source))

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        """Offer both forms."""
        return {"anyOf": [handler(self.numbers), handler(schema)]}


class FromAmount:
    """Allow to write a part as one quantity, which is its field `name`."""

    def __init__(self, name: str) -> None:
        self.name = name

    def _convert(self, value: Any) -> Any:
        is_amount = isinstance(value, str | int | float) and not isinstance(value, bool)
        return {self.name: value} if is_amount else value

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Read an amount first; fields pass as they are."""
        return core_schema.no_info_before_validator_function(self._convert, handler(source))

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        """Offer both forms."""
        return {"anyOf": [{"type": "string"}, {"type": "integer"}, {"type": "number"}, handler(schema)]}


class Listed:
    """Allow to write a list with one element as that element."""

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Read a map as a list with this element."""
        return core_schema.no_info_before_validator_function(
            lambda value: [value] if isinstance(value, dict | str) else value, handler(source)
        )

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        """Offer both forms."""
        listed = handler(schema)
        return {"anyOf": [listed["items"], listed]}
