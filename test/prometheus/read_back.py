"""What Prometheus and Alertmanager know, held against what the database says.

read_back.py series URL JOB EXPECTED: each sample of the file EXPECTED (JSON lines of name, labels, value) is there, and no other
read_back.py get URL: what it answers
read_back.py ports COUNT: free ports
"""
import json
import socket
import sys
import urllib.parse
import urllib.request

# What moves between the look at the database and the scrape.
MOVING = {"drift_job_last_start_timestamp_seconds"}


def get(url):
    with urllib.request.urlopen(url, timeout=10) as answer:
        return answer.read().decode()


def series(url, job):
    query = urllib.parse.quote('{job="%s", __name__=~"(drift|model)_.+", __name__!="drift_health_findings"}' % job)
    rows = json.loads(get(url + "/api/v1/query?query=" + query))["data"]["result"]
    found = {}
    for row in rows:
        labels = {k: v for k, v in row["metric"].items() if k not in ("__name__", "job", "instance", "database")}
        found[row["metric"]["__name__"], tuple(sorted(labels.items()))] = float(row["value"][1])
    return found


def expected_series(path):
    expected = {}
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            labels = {k: v for k, v in row["labels"].items() if v}
            expected[row["name"], tuple(sorted(labels.items()))] = float(row["value"])
    return expected


def compare(found, expected):
    wrong = ["missing: %s %s" % key for key in sorted(expected.keys() - found.keys())]
    wrong += ["too many: %s %s" % key for key in sorted(found.keys() - expected.keys())]
    for key in sorted(expected.keys() & found.keys()):
        if key[0] not in MOVING and abs(found[key] - expected[key]) > 1e-9 * max(1.0, abs(expected[key])):
            wrong.append("%s %s is %r, not %r" % (*key, found[key], expected[key]))
    return wrong


def free_ports(count):
    sockets = [socket.socket() for _ in range(count)]
    for each in sockets:
        each.bind(("127.0.0.1", 0))
    return [each.getsockname()[1] for each in sockets]


if sys.argv[1] == "ports":
    print(*free_ports(int(sys.argv[2])))
elif sys.argv[1] == "get":
    print(get(sys.argv[2]))
else:
    wrong = compare(series(sys.argv[2], sys.argv[3]), expected_series(sys.argv[4]))
    print("\n".join(wrong[:20]))
    sys.exit(bool(wrong))
