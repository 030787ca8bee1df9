"""Random OTLP logs requests, by the protobuf classes that OpenTelemetry publishes.

    python3 random_logs.py SEED COUNT

Prints one JSON object a line: {"protobuf": base64 of the bytes, "json": text of the same in OTLP's JSON encoding}.
"""

import base64
import json
import random
import sys

from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from otlp_json import otlp_tree

TEXTS = ["", "order.completed", "Blätter & Tee", "日本", "\u0000\u001f\"\\/", "😀", "x" * 300]
INTEGERS = [0, 1, -1, 127, 128, 2**31, -(2**31), 2**53 + 1, 2**63 - 1, -(2**63)]
DOUBLES = [0.0, -0.0, 0.1, -1.5, 1e300, 5e-324, 14.7]


def fill_value(value, depth):
    kinds = ["string", "bool", "int", "double", "bytes", "none"] + (["array", "kvlist"] if depth < 4 else [])
    kind = random.choice(kinds)
    if kind == "string":
        value.string_value = random.choice(TEXTS)
    elif kind == "bool":
        value.bool_value = random.random() < 0.5
    elif kind == "int":
        value.int_value = random.choice(INTEGERS)
    elif kind == "double":
        value.double_value = random.choice(DOUBLES)
    elif kind == "bytes":
        value.bytes_value = random.randbytes(random.randrange(5))
    elif kind == "array":
        value.array_value.SetInParent()
        for _ in range(random.randrange(4)):
            fill_value(value.array_value.values.add(), depth + 1)
    elif kind == "kvlist":
        value.kvlist_value.SetInParent()
        fill_attributes(value.kvlist_value.values, depth + 1)


def fill_attributes(attributes, depth=0):
    for index in range(random.randrange(4)):
        pair = attributes.add()
        pair.key = f"key{index}.{random.choice(TEXTS)}"
        fill_value(pair.value, depth)


def fill_record(record):
    record.time_unix_nano = random.choice([0, 1, 1795284000250000000, 2**64 - 1])
    record.observed_time_unix_nano = random.choice([0, 1795284000250000001])
    record.severity_number = random.randrange(25)
    record.severity_text = random.choice(["", "INFO"])
    record.event_name = random.choice(TEXTS)
    record.flags = random.choice([0, 1, 2**32 - 1])
    record.dropped_attributes_count = random.choice([0, 3, 2**32 - 1])
    record.trace_id = random.choice([b"", random.randbytes(16)])
    record.span_id = random.choice([b"", random.randbytes(8)])
    if random.random() < 0.7:
        fill_value(record.body, 0)
    fill_attributes(record.attributes)


def random_request():
    request = ExportLogsServiceRequest()
    for _ in range(random.randrange(3)):
        resource = request.resource_logs.add()
        fill_attributes(resource.resource.attributes)
        resource.schema_url = random.choice(TEXTS)
        for _ in range(random.randrange(3)):
            scope = resource.scope_logs.add()
            scope.scope.name = random.choice(TEXTS)
            fill_attributes(scope.scope.attributes)
            for _ in range(random.randrange(4)):
                fill_record(scope.log_records.add())
    return request


def main():
    random.seed(int(sys.argv[1]))
    for _ in range(int(sys.argv[2])):
        request = random_request()
        protobuf = base64.b64encode(request.SerializeToString()).decode()
        print(json.dumps({"protobuf": protobuf, "json": json.dumps(otlp_tree(request))}))


main()
