"""Answers every GET with drift.prometheus_metrics(), as psql gives it to the role of the environment: serve.py PORT"""
import http.server
import subprocess
import sys


class Metrics(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        psql = subprocess.run(["psql", "-XAtq", "-c", "SELECT drift.prometheus_metrics()"], capture_output=True)
        self.send_response(200 if psql.returncode == 0 else 500)
        self.send_header("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
        self.end_headers()
        self.wfile.write(psql.stdout)

    def log_message(self, *arguments):
        pass


http.server.HTTPServer(("127.0.0.1", int(sys.argv[1])), Metrics).serve_forever()
