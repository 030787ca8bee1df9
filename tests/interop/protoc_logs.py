"""What `protoc` reads in OTLP logs requests, by the definition that OpenTelemetry publishes.

    python3 protoc_logs.py < lines of base64

Prints each request as one line of OTLP's JSON encoding. A field that the definition does not know is an error.
"""

import base64
import json
import re
import subprocess
import sys
import tempfile

from google.protobuf import descriptor_pb2, text_format
from opentelemetry.proto.collector.logs.v1 import logs_service_pb2
from otlp_json import otlp_tree

MESSAGE = logs_service_pb2.ExportLogsServiceRequest


def definition(file):
    """The file and all that it imports, those first."""
    files = descriptor_pb2.FileDescriptorSet()

    def add(one):
        for other in one.dependencies:
            add(other)
        if all(known.name != one.name for known in files.file):
            one.CopyToProto(files.file.add())

    add(file)
    return files.SerializeToString()


def decode(body, path):
    what = MESSAGE.DESCRIPTOR
    protoc = [sys.executable, "-m", "grpc_tools.protoc", f"--descriptor_set_in={path}"]
    done = subprocess.run(
        [*protoc, f"--decode={what.full_name}", what.file.name], input=body, stdout=subprocess.PIPE, check=True
    )
    text = done.stdout.decode()
    unknown = re.search(r"^\s*\d+[: ].*", text, re.MULTILINE)
    if unknown:
        raise ValueError(f"a field that the definition does not have: {unknown[0].strip()}")
    return text_format.Parse(text, MESSAGE())


def main():
    with tempfile.NamedTemporaryFile() as file:
        file.write(definition(logs_service_pb2.DESCRIPTOR))
        file.flush()
        for line in sys.stdin:
            print(json.dumps(otlp_tree(decode(base64.b64decode(line), file.name))))


main()
