#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes tests/fixtures/gguf/blocks.gguf with the `gguf` package: a value of every type, and tensors in every kind of
block that is read, each beside what the package makes of it.

    pip install gguf==0.19.0
    python3 make_gguf.py ../fixtures/gguf/blocks.gguf
"""
import sys

import gguf
import numpy

KINDS = ["Q8_0", "Q4_0", "Q4_1", "Q5_0", "Q5_1", "IQ4_NL", "Q4_K", "Q5_K", "Q6_K"]
# No blocks, but what files have where those would be.
PLAIN = ["F32", "F16", "BF16"]
# Where the halves of a block lie: random bytes there would be no numbers.
HALVES = {"Q8_0": [0], "Q4_0": [0], "Q4_1": [0, 2], "Q5_0": [0], "Q5_1": [0, 2], "IQ4_NL": [0], "Q4_K": [0, 2],
          "Q5_K": [0, 2], "Q6_K": [208]}


def make_blocks(random, kind, n):
    """Random blocks with scales of about a hundredth, of both signs."""
    blocks = random.integers(0, 256, (n, gguf.GGML_QUANT_SIZES[gguf.GGMLQuantizationType[kind]][1]), numpy.uint8)
    for at in HALVES[kind]:
        blocks[:, at:at + 2] = random.normal(0, 0.01, (n, 1)).astype(numpy.float16).view(numpy.uint8)
    return blocks


def main():
    random = numpy.random.default_rng(1)
    writer = gguf.GGUFWriter(sys.argv[1], "test")
    writer.add_uint8("a.u8", 255)
    writer.add_int8("a.i8", -128)
    writer.add_uint16("a.u16", 65535)
    writer.add_int16("a.i16", -32768)
    writer.add_uint32("a.u32", 4294967295)
    writer.add_int32("a.i32", -2147483648)
    writer.add_uint64("a.u64", 9007199254740993)
    writer.add_int64("a.i64", -9007199254740993)
    writer.add_float32("a.f32", 0.1)
    writer.add_float64("a.f64", 0.1)
    writer.add_bool("a.bool", True)
    writer.add_string("a.text", "gr\u00fcn")
    writer.add_array("a.texts", ["a", "", "\u0120b"])
    writer.add_array("a.integers", [1, -2, 3])
    writer.add_array("a.numbers", [0.5, 0.25])
    for kind in KINDS:
        n = 2 if gguf.GGML_QUANT_SIZES[gguf.GGMLQuantizationType[kind]][0] < 256 else 1
        blocks = make_blocks(random, kind, n)
        numbers = gguf.quants.dequantize(blocks, gguf.GGMLQuantizationType[kind])
        writer.add_tensor(kind, blocks, raw_dtype=gguf.GGMLQuantizationType[kind])
        writer.add_tensor(f"{kind}.numbers", numbers.astype(numpy.float32))
    # What devices store: the package's own quantisation, to the last bit.
    weights = random.normal(0, 1, (2, 64)).astype(numpy.float32)
    weights[1, :32] = 0
    writer.add_tensor("weights", weights)
    writer.add_tensor("weights.q8_0", gguf.quants.quantize(weights, gguf.GGMLQuantizationType.Q8_0),
                      raw_dtype=gguf.GGMLQuantizationType.Q8_0)
    writer.add_tensor("halves", numpy.array([[1, -2, 65504]], numpy.float16))
    numbers = random.normal(0, 1, 24).astype(numpy.float32)
    numbers[:8] = [0, -0.0, 1e-7, -6e-8, 65504, 1.00390625, 1.01171875, -3.0517578e-05]
    for kind in PLAIN:
        stored = gguf.quants.quantize(numbers, gguf.GGMLQuantizationType[kind])
        widened = gguf.quants.dequantize(stored, gguf.GGMLQuantizationType[kind])
        writer.add_tensor(kind, stored, raw_dtype=gguf.GGMLQuantizationType[kind])
        writer.add_tensor(f"{kind}.numbers", widened.astype(numpy.float32))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


main()
