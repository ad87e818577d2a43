#!/usr/bin/env python3
"""Writes the table of safetensors files that Formats is held to: each with what the reference reader says of it.

    python scripts/parity/safetensors_verdicts.py > Tests/FormatsTests/Fixtures/safetensors.jsonl

needs the Python package safetensors (0.8.0 made the table); the last cases are one changed byte of a good file each, from a
fixed seed.
"""
import base64
import json
import random
import struct

from safetensors import SafetensorError, deserialize


def file(header, data=b"", length=None):
    text = header if isinstance(header, bytes) else header.encode()
    return struct.pack("<Q", len(text) if length is None else length) + text + data


def tensor(dtype="F32", shape=(2,), offsets=(0, 8), **more):
    return {"dtype": dtype, "shape": list(shape), "data_offsets": list(offsets), **more}


def tensors(data=bytes(8), **entries):
    return file(json.dumps(entries), data)


GOOD = tensors(w=tensor(), __metadata__={"format": "pt"})
W = '"w":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}'

CASES = {
    "a good file": GOOD,
    "two tensors": tensors(bytes(16), a=tensor(), b=tensor(offsets=(8, 16))),
    "two tensors, the second first": tensors(bytes(16), b=tensor(offsets=(8, 16)), a=tensor()),
    "float64": tensors(bytes(16), w=tensor("F64", offsets=(0, 16))),
    "blanks behind the header": file("{" + W + "}   \n", bytes(8)),
    "blanks before the header": file(" {" + W + "}", bytes(8)),
    "a field more": tensors(w=tensor(note=[1, {"a": None}])),
    "a scalar": tensors(bytes(4), w=tensor(shape=(), offsets=(0, 4))),
    "an empty tensor": tensors(b"", w=tensor(shape=(0,), offsets=(0, 0))),
    "an empty tensor between": tensors(bytes(8), a=tensor(shape=(0, 3), offsets=(0, 0)), w=tensor()),
    "no bytes": b"",
    "seven bytes": bytes(7),
    "a length alone": struct.pack("<Q", 2),
    "a length beyond the file": file("{" + W + "}", bytes(8), length=10_000),
    "a length beyond all files": file("{" + W + "}", bytes(8), length=2**63),
    "a length beyond the limit": file("{}", length=100_000_001),
    "a header cut short": file("{" + W + "}", bytes(8), length=20),
    "a list for a header": file("[]"),
    "no JSON": file("{nonsense}"),
    "not UTF-8": file(b'{"w\xff":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}', bytes(8)),
    "a comma too many": file("{" + W + ",}", bytes(8)),
    "something behind the header": file("{" + W + "}x", bytes(8)),
    "a name twice": file("{" + W + "," + W + "}", bytes(8)),
    "a field twice": file('{"w":{"dtype":"F32","dtype":"F32","shape":[2],"data_offsets":[0,8]}}', bytes(8)),
    "metadata twice": file('{"__metadata__":{},"__metadata__":{},' + W + "}", bytes(8)),
    "metadata with a number": tensors(w=tensor(), __metadata__={"a": 1}),
    "metadata that is a list": tensors(w=tensor(), __metadata__=["a"]),
    "metadata that is null": tensors(w=tensor(), __metadata__=None),
    "no dtype": file('{"w":{"shape":[2],"data_offsets":[0,8]}}', bytes(8)),
    "no shape": file('{"w":{"dtype":"F32","data_offsets":[0,8]}}', bytes(8)),
    "no offsets": file('{"w":{"dtype":"F32","shape":[2]}}', bytes(8)),
    "a dtype in small letters": tensors(w=tensor("f32")),
    "an unknown dtype": tensors(w=tensor("F128")),
    "a shape with a point": file('{"w":{"dtype":"F32","shape":[2.0],"data_offsets":[0,8]}}', bytes(8)),
    "a shape with an exponent": file('{"w":{"dtype":"F32","shape":[2e0],"data_offsets":[0,8]}}', bytes(8)),
    "a shape with a text": tensors(w=tensor(shape=("2",))),
    "a negative shape": tensors(w=tensor(shape=(-2,))),
    "a shape of minus nothing": file('{"w":{"dtype":"F32","shape":[-0],"data_offsets":[0,0]}}'),
    "a shape that is no list": file('{"w":{"dtype":"F32","shape":2,"data_offsets":[0,8]}}', bytes(8)),
    "a shape that is too small": tensors(w=tensor(shape=(1,))),
    "a shape that is too large": tensors(w=tensor(shape=(3,))),
    "a shape beyond all numbers": tensors(w=tensor(shape=(2**62, 8))),
    "nothing times beyond all numbers": tensors(b"", w=tensor(shape=(2**62, 8, 0), offsets=(0, 0))),
    "nothing before beyond all numbers": tensors(b"", w=tensor(shape=(0, 2**62, 8), offsets=(0, 0))),
    "one offset": tensors(w=tensor(offsets=(0,))),
    "three offsets": tensors(w=tensor(offsets=(0, 8, 8))),
    "offsets the wrong way round": tensors(w=tensor(offsets=(8, 0))),
    "an offset with a sign": tensors(w=tensor(offsets=(-8, 0))),
    "an offset beyond the file": tensors(w=tensor(offsets=(0, 16), shape=(4,))),
    "an offset beyond all numbers": file(
        '{"w":{"dtype":"F32","shape":[2],"data_offsets":[0,18446744073709551616]}}', bytes(8)),
    "a hole before": tensors(bytes(16), w=tensor(offsets=(8, 16))),
    "a hole between": tensors(bytes(24), a=tensor(), b=tensor(offsets=(16, 24))),
    "an overlap": tensors(bytes(12), a=tensor(), b=tensor(offsets=(4, 12))),
    "the same data twice": tensors(bytes(8), a=tensor(), b=tensor()),
    "data behind the last": tensors(bytes(12), w=tensor()),
    "data cut off": tensors(bytes(4), w=tensor()),
    "no tensors but data": tensors(bytes(4)),
    "half a byte": tensors(bytes(2), w=tensor("F4", shape=(3,), offsets=(0, 2))),
    "a lone surrogate": file('{"\\ud800":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}', bytes(8)),
    "a pair of surrogates": file('{"\\ud83d\\ude00":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}', bytes(8)),
    "a control character": file('{"a\tb":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}', bytes(8)),
    "nan in a field more": file('{"w":{"dtype":"F32","shape":[2],"data_offsets":[0,8],"x":NaN}}', bytes(8)),
    "1e400 in a field more": file('{"w":{"dtype":"F32","shape":[2],"data_offsets":[0,8],"x":1e400}}', bytes(8)),
    "very deep": file('{"w":{"dtype":"F32","shape":[2],"data_offsets":[0,8],"x":' + "[" * 130 + "]" * 130 + "}}", bytes(8)),
    "not too deep": file('{"w":{"dtype":"F32","shape":[2],"data_offsets":[0,8],"x":' + "[" * 100 + "]" * 100 + "}}", bytes(8)),
    "a Git LFS pointer": b"version https://git-lfs.github.com/spec/v1\noid sha256:" + b"0" * 64 + b"\nsize 12\n",
}

generator = random.Random(0)
for number in range(400):
    bytes_ = bytearray(GOOD)
    place = generator.randrange(len(bytes_) - 8)
    bytes_[place] = generator.choice([generator.randrange(256), ord(generator.choice('{}[]",:0123456789-. eE\\ntfaw'))])
    CASES[f"byte {place} is {bytes_[place]}, {number}"] = bytes(bytes_)

for name, content in CASES.items():
    try:
        deserialize(content)
        verdict = None
    except (SafetensorError, ValueError, OverflowError) as error:
        verdict = str(error).removeprefix("Error while deserializing: ").removeprefix("Error while deserializing header: ")[:120]
    print(json.dumps({"name": name, "file": base64.b64encode(content).decode(), "refused": verdict}))
