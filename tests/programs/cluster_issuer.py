"""cluster_issuer.py KEY

A stand-in for a cluster's issuer of service account tokens. It prints its port on 127.0.0.1 and serves

  /openid/v1/jwks                                        its keys, which a registry trusts
  /token?audience=A&account=NAMESPACE:NAME&lifetime=S    a token such as the kubelet gets for a Pod
"""

import http.server
import json
import sys
import time
import urllib.parse

import web_tokens

key_file = sys.argv[1]


class Request(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        url = urllib.parse.urlsplit(self.path)
        if url.path == "/openid/v1/jwks":
            self.answer(json.dumps(web_tokens.public_keys(key_file)))
        else:
            wish = {name: values[0] for name, values in urllib.parse.parse_qs(url.query).items()}
            self.answer(self.token(wish))

    def token(self, wish):
        now = int(time.time())
        name_space, _, name = wish["account"].partition(":")
        account = {"namespace": name_space, "serviceaccount": {"name": name}}
        return web_tokens.sign(key_file, {
            "iss": "https://cluster.example.com", "aud": [wish["audience"]], "iat": now, "nbf": now - 10,
            "exp": now + int(wish.get("lifetime", 3600)), "kubernetes.io": account,
            "sub": f"system:serviceaccount:{wish['account']}"})

    def answer(self, text):
        self.send_response(200)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, *_):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Request)
print(server.server_address[1], flush=True)
server.serve_forever()
