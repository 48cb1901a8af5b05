# SPDX-License-Identifier: GPL-3.0-or-later
"""Broken safetensors files and torch archives; each value is (expectation, reason, bytes)."""

import io
import json
import pickle
import struct
import zipfile
from collections import OrderedDict

import torch

ERROR, OK, ANY = "error", "ok", "any"


def safetensors(header, data=b"", length=None):
    if not isinstance(header, bytes):
        header = json.dumps(header, separators=(",", ":")).encode()
    return struct.pack("<Q", len(header) if length is None else length) + header + data


def entry(dtype="F32", shape=(2, 2), offsets=(0, 16)):
    return {"dtype": dtype, "shape": list(shape), "data_offsets": list(offsets)}


def safetensors_files():
    four = bytes(16)
    one = {"a": entry()}
    good = safetensors(one, four)
    deep = b'{"a":' + b"[" * 5000
    many = {f"t{i}": entry(shape=(1,), offsets=(4 * i, 4 * i + 4)) for i in range(4)}
    return {
        "good.safetensors": (OK, "one 2x2 tensor", good),
        "padded.safetensors": (OK, "header padded with blanks", safetensors(json.dumps(one).encode() + b"   ", four)),
        "empty-tensor.safetensors": (OK, "a tensor of no elements, and a scalar", safetensors({"a": entry(shape=(0, 4), offsets=(0, 0)), "b": entry(shape=(), offsets=(0, 4))}, bytes(4))),
        "four.safetensors": (OK, "four tensors", safetensors(many, four)),
        "empty.safetensors": (ERROR, "no bytes", b""),
        "short.safetensors": (ERROR, "7 bytes", b"\x10\0\0\0\0\0\0"),
        "only-length.safetensors": (ERROR, "length without header", good[:8]),
        "truncated-header.safetensors": (ERROR, "ends in the header", good[:30]),
        "truncated-data.safetensors": (ERROR, "data one byte short", good[:-1]),
        "trailing.safetensors": (ERROR, "a byte after the last tensor", good + b"\0"),
        "length-zero.safetensors": (ERROR, "header of length 0", safetensors(b"", four)),
        "length-beyond.safetensors": (ERROR, "header longer than the file", safetensors(one, four, 1000)),
        "length-huge.safetensors": (ERROR, "header length 2^62", safetensors(one, four, 2**62)),
        "length-max.safetensors": (ERROR, "header length 2^64-1", safetensors(one, four, 2**64 - 1)),
        "length-wraps.safetensors": (ERROR, "header length 2^64-8: adding 8 gives 0", safetensors(one, four, 2**64 - 8)),
        "length-sign.safetensors": (ERROR, "header length 2^63", safetensors(one, four, 2**63)),
        "not-json.safetensors": (ERROR, "header is no JSON", safetensors(b"{'a': 1}", four)),
        "not-object.safetensors": (ERROR, "header is an array", safetensors(b"[1,2,3]", four)),
        "not-utf8.safetensors": (ERROR, "header is not UTF-8", safetensors(b'{"\xff\xfe":{}}', four)),
        "nul.safetensors": (ERROR, "NUL in the header", safetensors(b'{"a"\0:{}}', four)),
        "depth-bomb.safetensors": (ERROR, "5000 nested arrays", safetensors(deep)),
        "entry-not-object.safetensors": (ERROR, "entry is a number", safetensors({"a": 5}, four)),
        "metadata-not-object.safetensors": (ANY, "__metadata__ is a string", safetensors({"__metadata__": "x"} | one, four)),
        "overlap.safetensors": (ERROR, "two tensors share bytes", safetensors({"a": entry(), "b": entry(offsets=(8, 24))}, bytes(24))),
        "same-bytes.safetensors": (ERROR, "two tensors at the same offsets", safetensors({"a": entry(), "b": entry()}, four)),
        "hole.safetensors": (ERROR, "unused bytes between tensors", safetensors({"a": entry(), "b": entry(offsets=(20, 36))}, bytes(36))),
        "reversed.safetensors": (ERROR, "end before start", safetensors({"a": entry(offsets=(16, 0))}, four)),
        "offset-beyond.safetensors": (ERROR, "end beyond the file", safetensors({"a": entry(shape=(4, 2), offsets=(0, 32))}, four)),
        "offset-huge.safetensors": (ERROR, "offsets near 2^64", safetensors({"a": entry(offsets=(2**64 - 16, 2**64))}, four)),
        "offset-wraps.safetensors": (ERROR, "start so large that adding the size wraps", safetensors({"a": entry(offsets=(2**64 - 16, 0))}, four)),
        "offset-negative.safetensors": (ERROR, "negative start", safetensors({"a": entry(offsets=(-16, 0))}, four)),
        "offset-float.safetensors": (ERROR, "fractional offset", safetensors({"a": entry(offsets=(0.5, 16.5))}, four)),
        "offset-one.safetensors": (ERROR, "one offset only", safetensors({"a": entry(offsets=(0,))}, four)),
        "offset-three.safetensors": (ERROR, "three offsets", safetensors({"a": entry(offsets=(0, 16, 16))}, four)),
        "shape-mismatch.safetensors": (ERROR, "shape needs more bytes than the offsets span", safetensors({"a": entry(shape=(3, 2))}, four)),
        "shape-negative.safetensors": (ERROR, "negative dimensions whose product fits", safetensors({"a": entry(shape=(-2, -2))}, four)),
        "shape-wraps.safetensors": (ERROR, "product of dimensions is 4 modulo 2^64", safetensors({"a": entry(shape=(2**32, 2**32, 1), offsets=(0, 16))}, four)),
        "shape-wraps-bytes.safetensors": (ERROR, "bytes are 16 modulo 2^64", safetensors({"a": entry(shape=(2**62 + 4,), offsets=(0, 16))}, four)),
        "shape-float.safetensors": (ERROR, "fractional dimension", safetensors({"a": entry(shape=(2.5, 2))}, four)),
        "shape-string.safetensors": (ERROR, "dimension is a string", safetensors({"a": entry(shape=("2", 2))}, four)),
        "shape-missing.safetensors": (ERROR, "no shape", safetensors({"a": {"dtype": "F32", "data_offsets": [0, 16]}}, four)),
        "shape-many.safetensors": (ANY, "500 dimensions of 1", safetensors({"a": entry(shape=(1,) * 500, offsets=(0, 4))}, bytes(4))),
        "dtype-unknown.safetensors": (ERROR, "dtype F17", safetensors({"a": entry(dtype="F17")}, four)),
        "dtype-int.safetensors": (ANY, "dtype I32: legal, but no weight", safetensors({"a": entry(dtype="I32")}, four)),
        "dtype-number.safetensors": (ERROR, "dtype is a number", safetensors({"a": entry(dtype=32)}, four)),
        "dtype-missing.safetensors": (ERROR, "no dtype", safetensors({"a": {"shape": [2, 2], "data_offsets": [0, 16]}}, four)),
        "duplicate.safetensors": (ERROR, "the same name twice, at different offsets", safetensors(b'{"a":{"dtype":"F32","shape":[2,2],"data_offsets":[0,16]},"a":{"dtype":"F32","shape":[2,2],"data_offsets":[16,32]}}', bytes(32))),
        "odd-offset.safetensors": (ANY, "F32 data at an odd byte", safetensors({"a": entry(dtype="U8", shape=(1,), offsets=(0, 1)), "b": entry(offsets=(1, 17))}, bytes(17))),
    }  # fmt: skip


def index_files():
    def index(weight_map, **more):
        return json.dumps({"metadata": {}, "weight_map": weight_map, **more}).encode()

    return {
        "missing-shard.json": (ERROR, "names a file that is not there", index({"a": "model-00001-of-00002.safetensors"})),
        "parent.json": (ERROR, "names a file outside the folder", index({"a": "../safetensors/good.safetensors"})),
        "absolute.json": (ERROR, "names an absolute path", index({"a": "/etc/passwd"})),
        "no-map.json": (ERROR, "no weight_map", b'{"metadata": {}}'),
        "map-array.json": (ERROR, "weight_map is an array", index(["a"])),
        "map-number.json": (ERROR, "file is a number", index({"a": 1})),
        "map-empty.json": (ERROR, "no tensors", index({})),
        "empty-name.json": (ERROR, "file name is empty", index({"a": ""})),
        "truncated.json": (ERROR, "ends early", index({"a": "b.safetensors"})[:20]),
        "deep.json": (ERROR, "5000 nested arrays", b"[" * 5000),
    }  # fmt: skip


# --- torch archives -------------------------------------------------------------------------------

PROTO, STOP = b"\x80\x02", b"."


def archive(pickle, storages=None, prefix="archive", compression=zipfile.ZIP_STORED, extra=None):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", compression) as file:
        def add(name, data):
            file.writestr(zipfile.ZipInfo(f"{prefix}/{name}" if prefix else name, (2000, 1, 1, 0, 0, 0)), data, compression)

        if pickle is not None:
            add("data.pkl", pickle)
        add("version", b"3\n")
        add("byteorder", b"little")
        for key, data in ({"0": bytes(16)} if storages is None else storages).items():
            add(f"data/{key}", data)
        for name, data in (extra or {}).items():
            file.writestr(zipfile.ZipInfo(name, (2000, 1, 1, 0, 0, 0)), data)
    return out.getvalue()


def text(value):
    value = value.encode()
    return b"X" + struct.pack("<I", len(value)) + value


def number(value):
    if 0 <= value < 256:
        return b"K" + bytes([value])
    if -(2**31) <= value < 2**31:
        return b"J" + struct.pack("<i", value)
    data = value.to_bytes((value.bit_length() + 8) // 8, "little", signed=True)
    return b"\x8a" + bytes([len(data)]) + data


def numbers(values):
    return b"(" + b"".join(number(v) for v in values) + b"t"


def rebuild(storage="FloatStorage", key="0", numel=4, offset=0, size=(2, 2), stride=(2, 1), function="torch._utils\n_rebuild_tensor_v2"):
    """The pickle of one tensor as torch writes it."""
    persistent = b"(" + text("storage") + f"ctorch\n{storage}\n".encode() + text(key) + text("cpu") + number(numel) + b"tQ"
    arguments = b"(" + persistent + number(offset) + numbers(size) + numbers(stride) + b"\x89" + b"ccollections\nOrderedDict\n)R" + b"t"
    return f"c{function}\n".encode() + arguments + b"R"


def state(*tensors):
    """A pickled dict of name and tensor opcodes."""
    items = b"".join(text(name) + code for name, code in tensors)
    return PROTO + b"}(" + items + b"u" + STOP


def saved(value):
    out = io.BytesIO()
    torch.save(value, out)
    return out.getvalue()


def legacy():
    """How files of the old format begin: magic number, protocol, system, an empty dict, no storages."""
    parts = [0x1950A86A20F9469CFC6C, 1001, {"protocol_version": 1001, "little_endian": True}, {}, []]
    return b"".join(pickle.dumps(part, 2) for part in parts)


call = lambda module, name, argument: PROTO + f"c{module}\n{name}\n(".encode() + text(argument) + b"tR" + STOP
lying = lambda **changes: archive(state(("a", rebuild(**changes))))
broken = lambda pickle: archive(PROTO + pickle)


def torch_saved():
    """What torch.save writes, or wrote."""
    values = torch.arange(12, dtype=torch.float32).reshape(3, 4)
    ordered = OrderedDict(a=values, b=values[1:])
    ordered._metadata = OrderedDict({"": {"version": 1}})
    return {
        "good.bin": (OK, "one 2x2 float tensor a", lying()),
        "ordered.bin": (OK, "OrderedDict with _metadata (BUILD); b is a view of a's storage at offset 4", saved(ordered)),
        "half.bin": (OK, "F16 a, BF16 b, each 3x4 of 0..11", saved({"a": values.half(), "b": values.bfloat16()})),
        "parameter.bin": (ANY, "torch.nn.Parameter (_rebuild_parameter)", saved({"a": torch.nn.Parameter(values)})),
        "transposed.bin": (ANY, "strides (1, 4): legal, not contiguous", saved({"a": values.t()})),
        "integer.bin": (ANY, "an int64 tensor beside a float one", saved({"a": values, "n": torch.tensor([1, 2])})),
        "nested.bin": (ANY, "the state dict is under 'state_dict'", saved({"state_dict": {"a": values}, "epoch": 3})),
        "legacy.bin": (ERROR, "the format before zip archives", legacy()),
    }  # fmt: skip


def torch_calls():
    """Names that no tensor needs."""
    return {
        "system.bin": (ERROR, "calls posix.system", archive(call("posix", "system", "touch pwned"))),
        "eval.bin": (ERROR, "calls builtins.eval", archive(call("builtins", "eval", "1/0"))),
        "popen.bin": (ERROR, "calls subprocess.Popen", archive(call("subprocess", "Popen", "true"))),
        "stack-global.bin": (ERROR, "names os.system by STACK_GLOBAL", archive(b"\x80\x04" + text("os") + text("system") + b"\x93" + text("true") + b"\x85R" + STOP)),
        "reduce-in-tensor.bin": (ERROR, "a call hidden in a tensor's arguments", archive(state(("a", b"ctorch._utils\n_rebuild_tensor_v2\n(cposix\nsystem\n" + text("true") + b"\x85RtR")))),
        "build.bin": (ERROR, "sets the state of a global", archive(PROTO + b"cbuiltins\nobject\n)\x81}b" + STOP)),
        "inst.bin": (ERROR, "INST opcode", archive(PROTO + b"(" + text("true") + b"ios\nsystem\n" + STOP)),
        "obj.bin": (ERROR, "OBJ opcode", archive(PROTO + b"(cos\nsystem\n" + text("true") + b"o" + STOP)),
        "ext.bin": (ERROR, "extension registry opcode", archive(PROTO + b"\x82\x01" + STOP)),
        "similar-name.bin": (ERROR, "torch._utils._rebuild_tensor_v2x", lying(function="torch._utils\n_rebuild_tensor_v2x")),
        "global-long.bin": (ERROR, "module name of 5000 letters", broken(b"c" + b"a" * 5000 + b"\nx\n" + STOP)),
    }  # fmt: skip


def torch_pickles():
    """Instructions that fit neither each other nor the file."""
    plain = rebuild()
    return {
        "unknown-opcode.bin": (ERROR, "opcode 0xff", broken(b"\xff" + STOP)),
        "protocol-9.bin": (ANY, "protocol 9", archive(b"\x80\x09}" + STOP)),
        "no-stop.bin": (ERROR, "no STOP", broken(b"}")),
        "empty-pickle.bin": (ERROR, "data.pkl is empty", archive(b"")),
        "underflow.bin": (ERROR, "pops an empty stack", broken(b"0" + STOP)),
        "no-mark.bin": (ERROR, "tuple without mark", broken(b"t" + STOP)),
        "no-memo.bin": (ERROR, "gets a memo that was never put", broken(b"h\x05" + STOP)),
        "memo-huge.bin": (ANY, "puts at memo index 2^32-1", broken(b"}r\xff\xff\xff\xff" + STOP)),
        "text-beyond.bin": (ERROR, "string longer than the pickle", broken(b"X\xff\xff\xff\x7fabc" + STOP)),
        "text8-beyond.bin": (ERROR, "string of 2^63 bytes", broken(b"\x8d" + struct.pack("<Q", 2**63) + b"abc" + STOP)),
        "text-not-utf8.bin": (ERROR, "string that is not UTF-8", broken(b"}X\x02\0\0\0\xff\xfe" + plain + b"s" + STOP)),
        "long-huge.bin": (ERROR, "LONG4 of 2^31-1 bytes", broken(b"\x8b\xff\xff\xff\x7f" + STOP)),
        "deep.bin": (ERROR, "5000 nested tuples", broken(b")" + b"\x85" * 5000 + STOP)),
        "marks.bin": (ERROR, "5000 marks", broken(b"(" * 5000 + STOP)),
        "cycle.bin": (ERROR, "a dict that holds itself", broken(b"}q\0" + text("a") + b"h\0s" + STOP)),
        "list.bin": (ERROR, "the top is a list", broken(b"]" + STOP)),
        "number-key.bin": (ANY, "a key that is a number", broken(b"}" + number(5) + plain + b"s" + STOP)),
        "number-value.bin": (ANY, "a value that is a number", broken(b"}" + text("a") + number(5) + b"s" + STOP)),
        "duplicate-key.bin": (ANY, "the same name twice", archive(state(("a", plain), ("a", plain)))),
    }  # fmt: skip


def torch_tensors():
    """Storages and views that are not what they say."""
    plain = rebuild()
    return {
        "persistent-text.bin": (ERROR, "persistent id that is a string", broken(text("0") + b"Q" + STOP)),
        "persistent-short.bin": (ERROR, "persistent id with two entries", broken(b"(" + text("storage") + text("0") + b"tQ" + STOP)),
        "storage-missing.bin": (ERROR, "names a storage that is not in the archive", lying(key="7")),
        "storage-path.bin": (ERROR, "storage key with a path", lying(key="../version")),
        "storage-short.bin": (ERROR, "storage claims more elements than its file holds", lying(numel=5)),
        "storage-huge.bin": (ERROR, "storage of 2^62 elements", lying(numel=2**62)),
        "storage-negative.bin": (ERROR, "storage of -1 elements", lying(numel=-1)),
        "storage-type.bin": (ERROR, "ComplexFloatStorage", lying(storage="ComplexFloatStorage")),
        "offset-beyond.bin": (ERROR, "tensor starts in the storage and ends outside", lying(offset=1)),
        "offset-negative.bin": (ERROR, "negative storage offset", lying(offset=-1)),
        "offset-huge.bin": (ERROR, "storage offset 2^63-1", lying(offset=2**63 - 1)),
        "size-beyond.bin": (ERROR, "larger than its storage", lying(size=(3, 2))),
        "size-negative.bin": (ERROR, "negative dimensions", lying(size=(-2, -2))),
        "size-huge.bin": (ERROR, "product of dimensions wraps", lying(size=(2**32, 2**32))),
        "size-float.bin": (ERROR, "size is no tuple of numbers", archive(state(("a", plain.replace(numbers((2, 2)), b"(" + text("2") + number(2) + b"t", 1))))),
        "stride-negative.bin": (ERROR, "negative stride", lying(stride=(-2, 1))),
        "stride-beyond.bin": (ERROR, "stride leaves the storage", lying(stride=(100, 1))),
        "stride-zero.bin": (ANY, "stride 0: an expanded tensor", lying(stride=(0, 1))),
        "stride-count.bin": (ERROR, "one stride for two dimensions", lying(stride=(1,))),
    }  # fmt: skip


def torch_archives():
    """Broken around the pickle."""
    plain = rebuild()
    good = lying()
    end = good.rindex(b"PK\x05\x06")

    def central(offset_change=0, count=None):
        data = bytearray(good)
        if count is not None:
            data[end + 8 : end + 12] = struct.pack("<HH", count, count)
        start = struct.unpack_from("<I", data, end + 16)[0]
        struct.pack_into("<I", data, end + 16, (start + offset_change) % 2**32)
        return bytes(data)

    def first_record(field, value):
        """Changes a 32-bit field of the first record of the central directory."""
        data = bytearray(good)
        struct.pack_into("<I", data, struct.unpack_from("<I", data, end + 16)[0] + field, value)
        return bytes(data)

    return {
        "no-pickle.bin": (ERROR, "no data.pkl", archive(None)),
        "two-pickles.bin": (ANY, "a second data.pkl in another folder", archive(state(("a", plain)), extra={"other/data.pkl": call("posix", "system", "true")})),
        "deflated.bin": (ANY, "compressed entries, which torch never writes", archive(state(("a", plain)), compression=zipfile.ZIP_DEFLATED)),
        "empty.bin": (ERROR, "no bytes", b""),
        "not-zip.bin": (ERROR, "text", b"version https://git-lfs.github.com/spec/v1\n"),
        "truncated-zip.bin": (ERROR, "ends before the central directory", good[: len(good) // 2]),
        "truncated-end.bin": (ERROR, "ends in the end record", good[:-10]),
        "central-beyond.bin": (ERROR, "central directory beyond the file", central(offset_change=10**6)),
        "central-shifted.bin": (ERROR, "central directory one byte off", central(offset_change=1)),
        "central-count.bin": (ANY, "end record counts 65535 entries", central(count=0xFFFF)),
        "entry-beyond.bin": (ERROR, "local header beyond the file", first_record(42, 2**31)),
        "entry-size.bin": (ERROR, "entry larger than the file", first_record(24, 2**31)),
        "entry-zip64.bin": (ERROR, "64-bit sizes announced but absent", first_record(20, 0xFFFFFFFF)),
        "end-only.bin": (ERROR, "an empty archive", b"PK\x05\x06" + bytes(18)),
    }  # fmt: skip


def kinds():
    return {"safetensors": safetensors_files(), "index": index_files(), "torch": torch_saved() | torch_calls() | torch_pickles() | torch_tensors() | torch_archives()}
