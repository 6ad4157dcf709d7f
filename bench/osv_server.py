"""OSV's API out of an archive, on the loopback: osv_server.py ZIP PORT

Answers POST /v1/query, POST /v1/querybatch and GET /v1/vulns/ID as https://google.github.io/osv.dev/api/ says, so that
tools that ask a server can be measured without one. Prints one line when it listens.
"""

import json
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from deps_truth import Osv, parsed  # noqa: E402

osv = Osv(sys.argv[1])


def vulnerabilities(query):
    package = query.get("package") or {}
    name, version = package.get("name", ""), query.get("version")
    if package.get("purl"):
        name, _, at = package["purl"].removeprefix("pkg:pypi/").partition("@")
        version = version or at
    if package.get("ecosystem", "PyPI") != "PyPI" or not name:
        return []
    records = osv.by_name.get(name.lower().replace("_", "-").replace(".", "-"), [])
    if not version:
        return records
    return [one for one in records if parsed(version) is not None and osv.matches(one, name, version)]


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def answer(self, code, body):
        data = json.dumps(body).encode()
        self.send_response(code)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers.get("Content-Length", 0))) or b"{}")
        if self.path.rstrip("/") == "/v1/query":
            found = vulnerabilities(body)
            return self.answer(200, {"vulns": found} if found else {})
        if self.path.rstrip("/") == "/v1/querybatch":
            results = []
            for query in body.get("queries", []):
                found = [{"id": one["id"], "modified": one.get("modified")} for one in vulnerabilities(query)]
                results.append({"vulns": found} if found else {})
            return self.answer(200, {"results": results})
        return self.answer(404, {"code": 5, "message": "not found"})

    def do_GET(self):
        record = osv.records.get(self.path.rsplit("/", 1)[-1])
        if self.path.startswith("/v1/vulns/") and record:
            return self.answer(200, record)
        return self.answer(404, {"code": 5, "message": "not found"})

    def log_message(self, *_):
        pass


server = ThreadingHTTPServer(("127.0.0.1", int(sys.argv[2])), Handler)
print(f"listening on http://127.0.0.1:{server.server_port}", flush=True)
server.serve_forever()
