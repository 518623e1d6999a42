"""Choose between variants of a part of the spec, each of which is a module in the family's package."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib import import_module
from inspect import isabstract
from pkgutil import iter_modules
from types import ModuleType
from typing import TYPE_CHECKING, Any, Generic, TypeVar, get_args

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import CoreSchema, core_schema

from daskgen.model import Model

if TYPE_CHECKING:
    from pydantic.json_schema import JsonSchemaValue


class Variant(Model):
    """One way of several, in a module of its own; `kind` is the name of that module, with - for _.

    Write `@final` above a class that a spec can choose: mypy then proves that it defines all abstract methods.
    """

    kind: str


V = TypeVar("V", bound=Variant)


class OneOf(Generic[V]):
    """Validate as the class of `family` that `kind` names: the one in that module that derives from `base`.

    A variant without required options may be written as the text of its kind alone. Modules are found in the family's
    folder, so that adding a variant is adding a file. Modules whose names begin with `_` are ignored.
    """

    def __init__(self, family: ModuleType, base: type[V]) -> None:
        self.variants: Mapping[str, type[V]] = {
            kind: variant for kind, found in _find_variants(family) for variant in found if issubclass(variant, base)
        }

    def __get_pydantic_core_schema__(self, _: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Choose by `kind`, so that errors are those of the variant meant."""
        schemas: dict[Any, CoreSchema] = {
            kind: handler.generate_schema(variant) for kind, variant in self.variants.items()
        }
        return core_schema.no_info_before_validator_function(
            lambda value: {"kind": value} if isinstance(value, str) else value,
            core_schema.tagged_union_schema(schemas, discriminator="kind"),
        )

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        """Offer the kinds as text too, for those that need no options."""
        bare = [
            kind
            for kind, variant in self.variants.items()
            if not any(field.is_required() for name, field in variant.model_fields.items() if name != "kind")
        ]
        options = handler(schema)
        return {"anyOf": [{"enum": bare}, options]} if bare else options


def _find_variants(family: ModuleType) -> Iterator[tuple[str, list[type[Variant]]]]:
    """Find the modules of a family and the classes that each of them offers."""
    for found in iter_modules(family.__path__):
        if not found.name.startswith("_"):
            yield _read_kind(found.name), _list_variants(import_module(f"{family.__name__}.{found.name}"))


def _read_kind(module: str) -> str:
    return module.replace("_", "-")


def _list_variants(module: ModuleType) -> list[type[Variant]]:
    """List the variants that a module defines; raise an error if one is missing or incomplete."""
    classes = [value for value in vars(module).values() if isinstance(value, type)]
    own = [cls for cls in classes if cls.__module__ == module.__name__]
    offered = [cls for cls in own if issubclass(cls, Variant) and (is_final(cls) or not isabstract(cls))]
    if not offered:
        raise TypeError(f"{module.__name__} defines no variant: derive a class from its family's and write @final")
    for variant in offered:
        if fault := _find_fault(variant, _read_kind(module.__name__.rpartition(".")[2])):
            raise TypeError(f"{module.__name__}.{variant.__name__} {fault}")
    return offered


def _find_fault(variant: type[Variant], kind: str) -> str:
    if not is_final(variant):
        return "can be chosen, so write @final above it"
    if missing := sorted(variant.__abstractmethods__):
        return f"does not define {', '.join(missing)}"
    if get_args(variant.model_fields["kind"].annotation) != (kind,):
        return f'is not of its module\'s kind: write kind: Literal["{kind}"]'
    return ""


def is_final(variant: type) -> bool:
    """Return whether `@final` is written above this class."""
    return bool(vars(variant).get("__final__"))
