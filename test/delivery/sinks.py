"""Where messages arrive in tests: HTTPS servers, a GitHub of issues, and SMTP servers, all on 127.0.0.1.

sinks.py DIRECTORY: reads certificates from the directory (sinks.sh makes them), writes its ports to the file "ports" there,
and everything that arrives to "arrived.jsonl", a line of JSON each, before it is answered. Ends with its standard input.

HTTPS, by the first part of the path; a path of none of these gets 200 and "ok":
  /status/CODE            that status
  /slow/MILLISECONDS      200 after so long
  /busy/SECONDS           429 with Retry-After
  /busy-until/SECONDS     429 with Retry-After as a date so far ahead
  /flaky/NAME[/TIMES]     503 for the first time (or times), then 200
  /redirect               302 to another host, which has a secret in its path
  /huge                   200 and a body that does not end
  /headers                200 and headers that do not end
  /reset                  the connection is reset
  /echo                   200 and all that was sent
  /bytes                  200 and bytes that are no text
  /half                   less of a body than was announced
  /hang                   no answer
  /repos/OWNER/NAME/...   issues, comments and dispatches of GitHub; asks for a bearer token

SMTP, by what stands before the @ of a recipient; all others are taken:
  busy-once-NAME          451 for the first time, then 250
  refused                 550
  hang                    no answer to the message
  shut                    421 and the end of the connection
User and password are "drift" and "secret of drift".
"""
import asyncio
import email.utils
import itertools
import json
import os
import re
import socket
import ssl
import struct
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

USER, PASSWORD = "drift", "secret of drift"
GITHUB_TOKEN = "token of drift"


class Journal:
    """What arrived, and how often something arrived under a name."""

    def __init__(self, path):
        self.lock = threading.Lock()
        self.file = open(path, "a", encoding="utf-8")
        self.counts = {}

    def write(self, **fields):
        with self.lock:
            self.file.write(json.dumps({"at": time.time(), **fields}) + "\n")
            self.file.flush()

    def count(self, name):
        with self.lock:
            self.counts[name] = self.counts.get(name, 0) + 1
            return self.counts[name]


class Issues:
    """The part of GitHub that knows issues."""

    def __init__(self):
        self.lock = threading.Lock()
        self.issues = {}

    def answer(self, method, repository, rest, body):
        with self.lock:
            if method == "POST" and rest == ["dispatches"]:
                return (204, None) if body.get("event_type") else (422, {"message": "Invalid request"})
            if method == "POST" and rest == ["issues"]:
                return self.create(repository, body)
            issue = self.issues.get((repository, rest[1])) if len(rest) > 1 and rest[0] == "issues" else None
            if issue is None:
                return 404, {"message": "Not Found"}
            if method == "GET":
                return 200, issue
            if method == "PATCH":
                issue.update(body)
                return 200, issue
            issue["comments"] += 1
            return 201, {"id": issue["comments"], "body": body.get("body")}

    def create(self, repository, body):
        if not body.get("title"):
            return 422, {"message": "Validation Failed"}
        number = len(self.issues) + 1
        self.issues[repository, str(number)] = {
            "number": number, "state": "open", "comments": 0, **body,
            "html_url": "https://github.example/%s/issues/%d" % (repository, number)}
        return 201, self.issues[repository, str(number)]


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1
    timeout = 60

    def setup(self):
        self.request.settimeout(self.timeout)
        self.request.do_handshake()
        super().setup()
        self.connection_number = next(self.server.connections)

    def log_message(self, *_):
        pass

    def answer(self, status, body=b"", headers=()):
        """With no status in the journal when nothing was answered yet."""
        self.server.journal.write(
            kind="http", listener=self.server.name, connection=self.connection_number, method=self.command,
            path=self.path, headers={k.lower(): v for k, v in self.headers.items()}, body=self.body, status=status)
        if status is None:
            return
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        if status != 204:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
        self.wfile.flush()

    def handle_any(self):
        length = int(self.headers.get("Content-Length") or 0)
        self.body = self.rfile.read(length).decode("utf-8", "replace")
        mode, *rest = self.path.partition("?")[0].strip("/").split("/")
        getattr(self, "at_" + re.sub(r"\W", "_", mode), self.at_any)(*rest)

    do_GET = do_POST = do_PATCH = do_PUT = do_DELETE = handle_any

    def at_any(self, *_):
        self.answer(200, b"ok")

    def at_status(self, code, *_):
        self.answer(int(code), b"the answer %s" % code.encode())

    def at_slow(self, milliseconds, *_):
        self.answer(None)
        time.sleep(int(milliseconds) / 1000)
        self.answer(200, b"ok")

    def at_busy(self, seconds="7", *_):
        self.answer(429, b"slow down", [("Retry-After", seconds)])

    def at_busy_until(self, seconds="30", *_):
        self.answer(429, b"slow down", [("Retry-After", email.utils.formatdate(time.time() + int(seconds), usegmt=True))])

    def at_flaky(self, name="", times="1", *_):
        if self.server.journal.count(name) <= int(times):
            self.answer(503, b"not yet")
        else:
            self.answer(200, b"ok")

    def at_redirect(self, *_):
        self.answer(302, b"", [("Location", "https://elsewhere.example/secret/path")])

    def at_huge(self, *_):
        self.answer_without_end(b"Content-Type: text/plain\r\n\r\n", b"x" * 65536)

    def at_headers(self, *_):
        self.answer_without_end(b"", b"X-More: %s\r\n" % (b"x" * 4000))

    def answer_without_end(self, first, again):
        self.answer(None)
        self.close_connection = True
        try:
            self.wfile.write(b"HTTP/1.1 200 OK\r\n" + first)
            while True:
                self.wfile.write(again)
        except OSError:
            pass

    def at_reset(self, *_):
        self.answer(None)
        self.close_connection = True
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()

    def at_echo(self, *_):
        self.answer(200, ("%s %s\n%s\n%s" % (self.command, self.path, self.headers, self.body)).encode())

    def at_bytes(self, *_):
        self.answer(200, b"a\x00b\xffc\xc3")

    def at_half(self, *_):
        self.answer(None)
        self.close_connection = True
        self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nonly so much")

    def at_hang(self, *_):
        self.answer(None)
        self.close_connection = True
        self.connection.settimeout(600)
        try:
            self.rfile.read(1)
        except OSError:
            pass

    def at_repos(self, owner, name, *rest):
        if self.headers.get("Authorization") != "Bearer " + GITHUB_TOKEN:
            status, body = 401, {"message": "Bad credentials"}
        elif not self.headers.get("User-Agent"):
            status, body = 403, {"message": "Request forbidden by administrative rules"}
        else:
            status, body = self.server.issues.answer(self.command, owner + "/" + name, list(rest), json.loads(self.body or "{}"))
        self.answer(status, b"" if body is None else json.dumps(body).encode(), [("Content-Type", "application/json")])


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, name, journal, context):
        super().__init__(("127.0.0.1", 0), Handler)
        self.name, self.journal, self.context = name, journal, context
        self.connections = itertools.count(1)
        self.issues = Issues()

    # The handshake is made by the connection's own thread.
    def get_request(self):
        connection, address = super().get_request()
        return self.context.wrap_socket(connection, server_side=True, do_handshake_on_connect=False), address

    def handle_error(self, request, client_address):
        pass


class Mailbox:
    """What aiosmtpd asks about a message."""

    def __init__(self, name, journal):
        self.name, self.journal = name, journal

    async def handle_RCPT(self, server, session, envelope, address, rcpt_options):
        local = address.split("@")[0]
        if local.startswith("busy-once-") and self.journal.count(local) == 1:
            return "451 4.3.0 mailbox busy"
        if local == "refused":
            return "550 5.1.1 no such mailbox"
        if local == "shut":
            server.transport.write(b"421 4.3.2 shutting down\r\n")
            server.transport.close()
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        self.journal.write(
            kind="smtp", listener=self.name, connection=session.peer[1],
            tls=server.transport.get_extra_info("ssl_object") is not None,
            user=session.auth_data.login.decode() if session.auth_data else None,
            mail_from=envelope.mail_from, to=envelope.rcpt_tos, data=envelope.original_content.decode("utf-8", "replace"))
        if envelope.rcpt_tos[0].startswith("hang@"):
            await asyncio.sleep(600)
        return "250 OK"


def smtp_server(name, journal, **options):
    from aiosmtpd.smtp import SMTP, AuthResult

    def authenticate(server, session, envelope, mechanism, data):
        known = (data.login, data.password) == (USER.encode(), PASSWORD.encode())
        return AuthResult(success=known, handled=False, auth_data=data)

    return lambda: SMTP(Mailbox(name, journal), hostname="localhost", authenticator=authenticate, **options)


def certificate(directory, name):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(os.path.join(directory, name + ".pem"), os.path.join(directory, name + ".key"))
    return context


async def listen_smtp(journal, context):
    loop = asyncio.get_running_loop()
    servers = {
        "SMTP": (smtp_server("smtp", journal, tls_context=context, require_starttls=True, auth_required=True), None),
        "SMTPS": (smtp_server("smtps", journal, auth_required=True, auth_require_tls=False), context),
        "PLAIN_SMTP": (smtp_server("plain_smtp", journal), None),
    }
    listening = {name: await loop.create_server(factory, "127.0.0.1", 0, ssl=tls) for name, (factory, tls) in servers.items()}
    return {name: server.sockets[0].getsockname()[1] for name, server in listening.items()}, listening


def listen_https(directory, journal):
    ports = {}
    for name, file in (("HTTPS", "server"), ("UNTRUSTED", "untrusted"), ("EXPIRED", "expired"), ("MISNAMED", "misnamed")):
        server = Server(name.lower(), journal, certificate(directory, file))
        ports[name] = server.server_address[1]
        threading.Thread(target=server.serve_forever, daemon=True).start()
    return ports


async def main(directory):
    journal = Journal(os.path.join(directory, "arrived.jsonl"))
    ports = listen_https(directory, journal)
    try:
        more, _servers = await listen_smtp(journal, certificate(directory, "server"))
        ports.update(more)
    except ImportError:
        pass  # no mail where aiosmtpd is not installed
    with open(os.path.join(directory, "ports.new"), "w", encoding="utf-8") as file:
        file.writelines("SINK_%s_PORT=%d\n" % item for item in ports.items())
    os.rename(file.name, os.path.join(directory, "ports"))
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
    os._exit(0)


asyncio.run(main(sys.argv[1]))
