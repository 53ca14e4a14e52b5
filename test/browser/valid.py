"""Are pages valid HTML? Prints TAP for each file named: the parser of the HTML standard finds no error, tidy no warning, and nothing is loaded."""
import re
import subprocess
import sys

import html5lib


def parser_errors(text):
    parser = html5lib.HTMLParser()
    parser.parse(text)
    return [f"line {place[0]}: {code} {details}" for place, code, details in parser.errors]


def tidy_warnings(path):
    # Empty elements are bars and the like; numbers of columns come from names.
    found = subprocess.run(["tidy", "-q", "-e", "-utf8", "--drop-empty-elements", "no", path], capture_output=True, text=True)
    return [line for line in found.stderr.splitlines() if line.strip()]


def loaded(text):
    return re.findall(r"<(?:script|img|iframe|object|embed|link(?! rel=\"icon\" href=\"data:,\")|form|base)\b[^>]*>|url\([^)]*\)|@import|src=[^ ]*", text)


def repeated_ids(text):
    ids = re.findall(r'<[a-z0-9]+ [^<>]*\bid="([^"]*)"', text)
    return sorted({name for name in ids if ids.count(name) > 1})


def main(paths):
    number = 0
    failed = False
    for path in paths:
        text = open(path, encoding="utf8").read()
        name = path.rsplit("/", 1)[-1]
        for what, found in ((f"{name} has no error of HTML", parser_errors(text)), (f"{name} has no warning of tidy", tidy_warnings(path)),
                            (f"{name} loads nothing and runs nothing", loaded(text)), (f"{name} has each id once", repeated_ids(text)),
                            (f"{name} has less than a megabyte", [] if len(text.encode()) < 1 << 20 else [f"{len(text)} characters"])):
            number += 1
            failed |= bool(found)
            print(("not ok" if found else "ok"), number, "-", what)
            for line in found[:10]:
                print("#", line[:300])
    print(f"1..{number}")
    return failed


sys.exit(main(sys.argv[1:]))
