"""Prints what arrived at the servers of test/delivery/sinks.py: arrived.py FILE DIRECTORY; attachments go to the directory."""
import email
import email.policy
import json
import pathlib
import sys


def slack(message):
    body = json.loads(message["body"])
    yield "to " + message["path"].rsplit("/", 1)[0] + "/..."
    for block in body["blocks"]:
        for text in [block["text"]] if "text" in block else block.get("fields", block.get("elements", [])):
            yield from text["text"].splitlines()


def mail(message, directory):
    parsed = email.message_from_string(message["data"], policy=email.policy.default)
    for header in ("From", "To", "Subject"):
        yield f"{header}: {parsed[header]}"
    yield ""
    yield from parsed.get_body(("plain",)).get_content().splitlines()
    for part in parsed.iter_attachments():
        path = directory / part.get_filename()
        path.write_bytes(part.get_content().encode() if part.get_content_maintype() == "text" else part.get_content())
        yield f"[attached: {part.get_content_type()}, written to {path}]"


for line in open(sys.argv[1], encoding="utf-8"):
    message = json.loads(line)
    over_http = message["kind"] == "http"
    print("\n" + ("Slack" if over_http else "E-mail"))
    for text in slack(message) if over_http else mail(message, pathlib.Path(sys.argv[2])):
        print("    " + text)
