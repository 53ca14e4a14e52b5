"""One JSON document a line from standard input, each held against a schema; prints TAP."""
import json
import sys

import jsonschema


def refuse(name):
    raise ValueError(f"{name} is not JSON")


with open(sys.argv[1]) as file:
    schema = json.load(file)
jsonschema.Draft7Validator.check_schema(schema)
validator = jsonschema.Draft7Validator(schema)

number = 0
failed = 0
kinds = set()
for number, line in enumerate(sys.stdin, 1):
    document = json.loads(line, parse_constant=refuse)
    kinds.add(document["kind"])
    errors = sorted(validator.iter_errors(document), key=lambda e: [str(p) for p in e.absolute_path])
    print(f"{'not ok' if errors else 'ok'} {number} - {document['kind']}: {len(document['columns'])} columns")
    for error in errors[:5]:
        print(f"# {'/'.join(str(p) for p in error.absolute_path)}: {error.message[:200]}")
    failed += bool(errors)

number += 1
complete = kinds == {"check", "comparison", "monitoring", "versions"}
print(f"{'ok' if complete else 'not ok'} {number} - every kind came")

# a schema that takes everything would say nothing
number += 1
broken = [{**document, "version": 2}, {**document, "verdict": {}}, {**document, "columns": [{}]}, {**document, "span": 1}]
strict = all(not validator.is_valid(b) for b in broken)
print(f"{'ok' if strict else 'not ok'} {number} - what is no report is refused")
print(f"1..{number}")
sys.exit(1 if failed or not complete or not strict else 0)
