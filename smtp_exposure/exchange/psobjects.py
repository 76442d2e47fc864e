"""Objects that PowerShell serialised, and the plain values that they stand for (pure)."""

import re
from collections.abc import Mapping
from functools import cached_property
from types import MappingProxyType
from typing import Any

from smtp_exposure.exchange.objects import EnumValue, Value


class TypeNames(tuple[str, ...]):
    """The type names of an object, most special first; many objects share one list."""

    @cached_property
    def kind(self) -> str:
        """The last word of the first name: live, `Deserialized.` and `Selected.` alike."""
        # `#` follows where Select-Object or the type system added something of its own.
        return re.split("[`#]", self[0])[0].rpartition(".")[2] if self else ""

    @cached_property
    def is_enum(self) -> bool:
        """Tell whether a .NET enum has these types."""
        return any(name.endswith("System.Enum") for name in self)


class PSObject:
    """A serialised object; an object may refer to itself, so never walk it without a bound.

    What it has not is as the class has it: most objects have little, and there are millions.
    """

    types: TypeNames = TypeNames()
    text: str | None = None
    properties: Mapping[str, Any] = MappingProxyType({})
    items: list[Any] | None = None
    rows: list[dict[str, Any]] | None = None
    value: Any = None

    def take(self, _: str, value: Any) -> None:
        """Hold a value of its own, as enums and byte arrays do."""
        self.value = value

    @property
    def kind(self) -> str:
        """What kind of object its types make it."""
        return self.types.kind

    @property
    def entries(self) -> list[tuple[Any, Any]]:
        """The keys and values of a hashtable."""
        return [(row.get("Key"), row.get("Value")) for row in self.rows or ()]


def plain(value: Any, *, nested: bool = False) -> Value:
    """Turn a serialised value into a property's plain value; lists within lists become text."""
    if not isinstance(value, PSObject):
        return value  # type: ignore[no-any-return]  # primitives are plain already
    if value.types.is_enum and isinstance(value.value, int):
        return EnumValue(value.text or str(value.value), value.value)
    if value.items is not None and not nested:
        return tuple([plain(item, nested=True) for item in value.items])
    if value.value is not None:
        return value.value  # type: ignore[no-any-return]
    address = value.properties.get("IPAddressToString")
    return value.text if value.text is not None else address if isinstance(address, str) else None
