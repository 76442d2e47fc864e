"""An Export-Clixml document with something of everything, and random damage to it."""

import codecs
import random

from selftests.exchange import clixml_documents as doc

REAL = doc.document(
    doc.connector("Internet"),
    doc.connector("Default Frontend EX01", "EX01", doc.ref(7, "Later")).replace(
        "<Obj>", '<Obj RefId="7">', 1
    ),
    doc.table({"Get-Service": doc.items(doc.service()), "Get-ADPermission": doc.items()}),
)
TOKENS = [b"<Obj>", b"</Obj>", b"<LST>", b"</LST>", b"<En>", b"<S>", b"</S>", b"<TN>", b"<T>"]
TOKENS += [b"Props", b"MS", b"Obj", b"BA", b"I32", b"B", b"Nil", b"Ref", b"DCT", b'"0"', b'"7"']
TOKENS += [b"\x00", b"\xff\xfe", b"&#1;", b"<!DOCTYPE x>", b"]]>", b"_xD800_", b"\xed\xa0\x80"]


def damaged(data: bytes, dice: random.Random, times: int) -> bytes:
    """Cut, repeat, replace or insert some bytes."""
    for _ in range(times):
        start = dice.randrange(len(data) + 1)
        end = min(len(data), start + dice.randrange(1, 30))
        piece = dice.choice([b"", data[start:end] * 2, dice.choice(TOKENS), dice.randbytes(3)])
        data = data[:start] + piece + data[end if dice.random() < 0.7 else start :]
    return data or codecs.BOM_UTF8
