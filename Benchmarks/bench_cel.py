"""The side of cel-python in scripts/bench-cel: prints figures of the same shape as the Swift program.

Usage: bench_cel.py CASES.json interpreted|compiled. The second transpiles expressions to Python. One way a process:
cel-python 0.5.0 keeps one parser for all environments, and it builds the trees of the way that came first.
"""
import json
import logging
import statistics
import struct
import sys
import time

import celpy
from celpy import celtypes

REPETITIONS = 5


def median(work):
    """Nanoseconds of processor time of one call: batches of at least 10 ms, the median of REPETITIONS of them."""

    def batch_time(count):
        start = time.process_time_ns()
        for _ in range(count):
            work()
        return time.process_time_ns() - start

    batch = 1
    while batch_time(batch) < 10_000_000:
        batch *= 2
    return statistics.median(batch_time(batch) / batch for _ in range(REPETITIONS))


def show(value):
    """Type and value, as Measurement.swift writes them."""
    if value is None:
        return "null"
    if isinstance(value, (bool, celtypes.BoolType)):
        return "bool true" if value else "bool false"
    if isinstance(value, celtypes.IntType):
        return f"int {int(value)}"
    if isinstance(value, celtypes.DoubleType):
        return f"double {struct.unpack('<Q', struct.pack('<d', value))[0]}"
    if isinstance(value, str):
        return f"string {value}"
    if isinstance(value, celtypes.ListType):
        return "[" + ", ".join(map(show, value)) + "]"
    return f"a value this program does not compare: {type(value)}"


def measure(case, runner):
    # The environment is made once: making it is no part of compiling an expression.
    environment = celpy.Environment(runner_class=runner)
    activation = {name: celpy.json_to_cel(value) for name, value in case["activation"].items()}

    def load():
        return environment.program(environment.compile(case["expression"]))

    program = load()

    def run():
        try:
            return show(program.evaluate(activation))
        except celpy.CELEvalError:
            return "error"

    result = run()
    if result == "error":
        return {"result": result, "compile": None, "evaluate": None}
    return {
        "result": result,
        "compile": median(load),
        "evaluate": median(lambda: program.evaluate(activation)),
    }


def main(path, way):
    logging.disable(logging.CRITICAL)
    runner = {"interpreted": celpy.InterpretedRunner, "compiled": celpy.CompiledRunner}[way]
    with open(path, encoding="utf-8") as file:
        figures = [{"name": case["name"], **measure(case, runner)} for case in json.load(file)]
    json.dump(figures, sys.stdout)


if __name__ == "__main__":
    main(*sys.argv[1:])
