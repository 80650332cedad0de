"""JSON Schema as far as docs/reference/*.schema.json use it. An unknown keyword is an error, so that none is passed over."""
import re

TYPES = {"object": dict, "array": list, "string": str, "integer": int}
IGNORED = {"$schema", "title", "description", "$defs"}


def faults(value, schema, root=None, path=""):
    """What of `value` the schema does not allow, as a list of texts."""
    root = root or schema
    if "$ref" in schema:
        return faults(value, root["$defs"][schema["$ref"].removeprefix("#/$defs/")], root, path)
    found = []
    for keyword, argument in schema.items():
        if keyword not in IGNORED:
            found += [f"{path or '/'}: {fault}" if not fault.startswith("/") else fault
                      for fault in CHECKS[keyword](value, argument, schema, root, path)]
    return found


def _type(value, name, *_):
    right = isinstance(value, TYPES[name]) and not isinstance(value, bool)
    return [] if right else [f"is not {name}"]


def _properties(value, properties, schema, root, path):
    if not isinstance(value, dict):
        return []
    return [fault for name, inner in properties.items() if name in value for fault in faults(value[name], inner, root, f"{path}/{name}")]


def _additional(value, allowed, schema, *_):
    assert allowed is False
    return [f"has {name}" for name in value if name not in schema["properties"]] if isinstance(value, dict) else []


def _items(value, inner, schema, root, path):
    return [fault for n, item in enumerate(value) for fault in faults(item, inner, root, f"{path}/{n}")]


def _one_of(value, choices, schema, root, path):
    matching = [choice for choice in choices if not faults(value, choice, root, path)]
    return [] if len(matching) == 1 else [f"fits {len(matching)} of the choices"]


CHECKS = {
    "type": _type,
    "properties": _properties,
    "required": lambda value, names, *_: [f"lacks {name}" for name in names if name not in value],
    "additionalProperties": _additional,
    "items": _items,
    "oneOf": _one_of,
    "const": lambda value, constant, *_: [] if value == constant else [f"is not {constant}"],
    "enum": lambda value, choices, *_: [] if value in choices else [f"{value!r} is none of {choices}"],
    "pattern": lambda value, pattern, *_: [] if not isinstance(value, str) or re.search(pattern, value) else [f"{value!r} does not match {pattern}"],
    "minimum": lambda value, least, *_: [] if not isinstance(value, int) or value >= least else [f"{value} is below {least}"],
    "maximum": lambda value, most, *_: [] if not isinstance(value, int) or value <= most else [f"{value} is above {most}"],
    "maxLength": lambda value, most, *_: [] if not isinstance(value, str) or len(value) <= most else [f"has {len(value)} characters"],
}
