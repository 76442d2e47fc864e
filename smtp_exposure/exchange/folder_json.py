"""What the files of a folder held, as plain JSON and back; so it can be judged again later.

A value that JSON has no word for is an object of one key: `{"bytes": base64}`, or `{"enum": [text,
number]}`; Exchange's own values are never objects, so nothing can be mistaken for one.
"""

import base64
import binascii
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from smtp_exposure.errors import UnreadableEvidence
from smtp_exposure.exchange.objects import EnumValue, ExchangeObject, Value
from smtp_exposure.exchange.recognition import BY_CMDLET, Folder


def to_json(folder: Folder) -> dict[str, Any]:
    """Turn a folder into what `json.dumps` takes."""
    return {
        "objects": [
            {
                "cmdlet": item.cmdlet,
                "source": item.source,
                "properties": {name: _plain(value) for name, value in item.properties.items()},
            }
            for item in folder.objects
        ],
        "read": sorted(folder.read),
        "problems": [
            {"cmdlet": cmdlet, "owner": owner, "error": error}
            for (cmdlet, owner), error in sorted(folder.problems.items())
        ],
        "taken": [moment and moment.isoformat() for moment in folder.taken],
    }


def from_json(document: Any) -> Folder:
    """Read a folder back. Raises UnreadableEvidence for a document that is none."""
    try:
        return Folder(
            objects=[_object(item) for item in document["objects"]],
            read={_cmdlet(name) for name in document["read"]},
            problems={
                (_cmdlet(item["cmdlet"]), _text(item["owner"])): _text(item["error"])
                for item in document["problems"]
            },
            taken={_moment(item) for item in document["taken"]},
        )
    except (AttributeError, KeyError, TypeError, ValueError) as problem:
        raise UnreadableEvidence(f"no folder of Exchange's objects ({problem!r:.80})") from None


def _plain(value: Value) -> Any:
    if isinstance(value, EnumValue):
        return {"enum": [value.text, value.number]}
    if isinstance(value, bytes):
        return {"bytes": base64.b64encode(value).decode("ascii")}
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    return value


def _value(plain: Any) -> Value:
    match plain:
        case None | bool() | int() | float() | str():
            return plain
        case list():
            return tuple(map(_value, plain))
        case {"enum": [str(text), int(number)], **nothing} if not nothing:
            return EnumValue(text, number)
        case {"bytes": str(text), **nothing} if not nothing:
            try:
                return base64.b64decode(text, validate=True)
            except binascii.Error:
                pass
    raise ValueError(f"{plain!r:.40} is no value")


def _object(document: Mapping[str, Any]) -> ExchangeObject:
    properties = {_text(name): _value(value) for name, value in document["properties"].items()}
    return BY_CMDLET[document["cmdlet"]](properties, _text(document["source"]))


def _moment(text: str | None) -> datetime | None:
    if text is None:
        return None
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(f"{text} has no zone")
    return moment


def _cmdlet(name: str) -> str:
    if name not in BY_CMDLET:
        raise ValueError(f"{name!r:.40} is no cmdlet that this suite reads")
    return name


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{value!r:.40} is no text")
    return value
