"""OTLP's JSON encoding of a message of OpenTelemetry's published protobuf classes."""

import base64

from google.protobuf.json_format import MessageToDict

IDS = {"traceId", "spanId"}


def hexadecimal(tree):
    """OTLP's JSON has the two ids as hexadecimal digits, where protobuf's own has base64."""
    if isinstance(tree, list):
        return [hexadecimal(item) for item in tree]
    if not isinstance(tree, dict):
        return tree
    return {key: base64.b64decode(value).hex() if key in IDS else hexadecimal(value) for key, value in tree.items()}


def otlp_tree(message):
    return hexadecimal(MessageToDict(message, use_integers_for_enums=True))
