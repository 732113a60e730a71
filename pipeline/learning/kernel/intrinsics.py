"""What ``words64``'s functions are in machine code; numba takes these for them. Imported for that effect alone."""

from __future__ import annotations

from typing import Any

import numpy as np
from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic, overload, typeof_impl

from pipeline.learning.kernel.words64 import (
    ASCII,
    LANES,
    Word,
    add_row,
    filled64,
    fold64,
    index,
    load64,
    ones,
    prefetch,
    store64,
    times,
    trailing_zeros,
    word,
)


@typeof_impl.register(Word)
def _typeof_word(value: Any, context: Any) -> Any:  # noqa: ARG001  # numba's signature
    return types.uint64


@intrinsic
def _load64(typing: Any, buffer: Any, place: Any) -> Any:  # noqa: ARG001
    def code(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        array = context.make_array(signature.args[0])(context, builder, args[0])
        pointer = builder.bitcast(builder.gep(array.data, [args[1]]), ir.IntType(64).as_pointer())
        loaded = builder.load(pointer)
        loaded.align = 1
        return loaded

    return types.uint64(buffer, types.intp), code


@intrinsic
def _store64(typing: Any, buffer: Any, place: Any, value: Any) -> Any:  # noqa: ARG001
    def code(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        array = context.make_array(signature.args[0])(context, builder, args[0])
        pointer = builder.bitcast(builder.gep(array.data, [args[1]]), ir.IntType(64).as_pointer())
        builder.store(args[2], pointer).align = 1
        return context.get_dummy_value()

    return types.void(buffer, types.intp, types.uint64), code


NUMBERS = ir.VectorType(ir.DoubleType(), LANES)
BYTES = ir.VectorType(ir.IntType(8), 64)
WORDS = types.UniTuple(types.uint64, 2)


def _bytes_at(context: Any, builder: Any, kind: Any, buffer: Any, place: Any) -> Any:
    """A pointer to 64 bytes of an array, which the processor takes as many at a time as it can."""
    array = context.make_array(kind)(context, builder, buffer)
    return builder.bitcast(builder.gep(array.data, [place]), BYTES.as_pointer())


def _all(value: int) -> Any:
    """A byte 64 times over."""
    return ir.Constant(BYTES, [value] * 64)


@intrinsic
def _fold64(typing: Any, source: Any, place: Any, buffer: Any, out: Any) -> Any:  # noqa: ARG001
    def code(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        value = builder.load(_bytes_at(context, builder, signature.args[0], args[0], args[1]))
        value.align = 1

        def between(what: Any, first: str, last: str) -> Any:
            shifted = builder.sub(what, _all(ord(first)))
            return builder.icmp_unsigned("<=", shifted, _all(ord(last) - ord(first)))

        letter = between(builder.or_(value, _all(ord(" "))), "a", "z")
        other = builder.or_(between(value, "0", "9"), between(value, "_", "_"))
        lowered = builder.or_(value, builder.select(letter, _all(ord(" ")), _all(0)))
        kept = builder.or_(letter, other)
        target = _bytes_at(context, builder, signature.args[2], args[2], args[3])
        builder.store(builder.select(kept, lowered, _all(0)), target).align = 1
        high = builder.icmp_unsigned(">=", value, _all(ASCII))
        words = [builder.bitcast(which, ir.IntType(64)) for which in (kept, high)]
        return context.make_tuple(builder, signature.return_type, words)

    return WORDS(source, types.intp, buffer, types.intp), code


@intrinsic
def _filled64(typing: Any, buffer: Any, place: Any) -> Any:  # noqa: ARG001
    def code(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        value = builder.load(_bytes_at(context, builder, signature.args[0], *args))
        value.align = 1
        return builder.bitcast(builder.icmp_unsigned("!=", value, _all(0)), ir.IntType(64))

    return types.uint64(buffer, types.intp), code


@intrinsic
def _ones(typing: Any, value: Any) -> Any:  # noqa: ARG001
    def code(context: Any, builder: Any, signature: Any, args: Any) -> Any:  # noqa: ARG001
        return builder.ctpop(args[0])

    return types.uint64(types.uint64), code


@intrinsic
def _trailing_zeros(typing: Any, value: Any) -> Any:  # noqa: ARG001
    def code(context: Any, builder: Any, signature: Any, args: Any) -> Any:  # noqa: ARG001
        return builder.cttz(args[0], ir.Constant(ir.IntType(1), 0))

    return types.uint64(types.uint64), code


def _row_at(context: Any, builder: Any, kind: Any, table: Any, row: Any) -> Any:
    """A pointer to the first numbers of a row of a 2-d array."""
    array = context.make_array(kind)(context, builder, table)
    strides = cgutils.unpack_tuple(builder, array.strides, 2)
    start = builder.bitcast(array.data, ir.IntType(8).as_pointer())
    pointer = builder.gep(start, [builder.mul(row, strides[0])])
    return builder.bitcast(pointer, NUMBERS.as_pointer())


@intrinsic
def _add_row(typing: Any, sums: Any, part: Any, table: Any, row: Any, weight: Any) -> Any:  # noqa: ARG001
    def code(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        lane = ir.IntType(32)
        weights = builder.insert_element(ir.Constant(NUMBERS, ir.Undefined), args[4], lane(0))
        weights = builder.shuffle_vector(weights, weights, ir.Constant(ir.VectorType(lane, LANES), [0] * LANES))
        weights = builder.insert_element(weights, builder.fmul(args[4], args[4]), lane(1))
        numbers = builder.load(_row_at(context, builder, signature.args[2], args[2], args[3]))
        numbers.align = 8
        target = _row_at(context, builder, signature.args[0], args[0], args[1])
        so_far = builder.load(target)
        so_far.align = 8
        builder.store(builder.fadd(so_far, builder.fmul(weights, numbers)), target).align = 8
        return context.get_dummy_value()

    return types.void(sums, types.intp, table, types.intp, types.float64), code


@intrinsic
def _prefetch(typing: Any, table: Any, row: Any) -> Any:  # noqa: ARG001
    def code(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        pointer = _row_at(context, builder, signature.args[0], *args)
        pointer = builder.bitcast(pointer, ir.IntType(8).as_pointer())
        number = ir.IntType(32)
        kind = ir.FunctionType(ir.VoidType(), [pointer.type, number, number, number])
        function = cgutils.get_or_insert_function(builder.module, kind, "llvm.prefetch.p0")
        builder.call(function, [pointer, number(0), number(3), number(1)])
        return context.get_dummy_value()

    return types.void(table, types.intp), code


@overload(load64, inline="always", strict=False)
def _load64_compiled(buffer: Any, place: Any) -> Any:  # noqa: ARG001
    return lambda buffer, place: _load64(buffer, place)


@overload(store64, inline="always", strict=False)
def _store64_compiled(buffer: Any, place: Any, word: Any) -> Any:  # noqa: ARG001
    return lambda buffer, place, word: _store64(buffer, place, word)


@overload(fold64, inline="always", strict=False)
def _fold64_compiled(source: Any, place: Any, buffer: Any, out: Any) -> Any:  # noqa: ARG001
    return lambda source, place, buffer, out: _fold64(source, place, buffer, out)


@overload(filled64, inline="always", strict=False)
def _filled64_compiled(buffer: Any, place: Any) -> Any:  # noqa: ARG001
    return lambda buffer, place: _filled64(buffer, place)


@overload(ones, inline="always", strict=False)
def _ones_compiled(value: Any) -> Any:  # noqa: ARG001
    return lambda value: _ones(value)


@overload(times, inline="always", strict=False)
def _times_compiled(a: Any, b: Any) -> Any:  # noqa: ARG001
    return lambda a, b: a * b


@overload(word, inline="always", strict=False)
def _word_compiled(value: Any) -> Any:  # noqa: ARG001
    return lambda value: np.uint64(value)


@overload(index, inline="always", strict=False)
def _index_compiled(value: Any) -> Any:  # noqa: ARG001
    return lambda value: np.int64(value)


@overload(trailing_zeros, inline="always", strict=False)
def _trailing_zeros_compiled(value: Any) -> Any:  # noqa: ARG001
    return lambda value: _trailing_zeros(value)


@overload(add_row, inline="always", strict=False)
def _add_row_compiled(sums: Any, part: Any, table: Any, row: Any, weight: Any) -> Any:  # noqa: ARG001
    return lambda sums, part, table, row, weight: _add_row(sums, part, table, row, weight)


@overload(prefetch, inline="always", strict=False)
def _prefetch_compiled(table: Any, row: Any) -> Any:  # noqa: ARG001
    return lambda table, row: _prefetch(table, row)
