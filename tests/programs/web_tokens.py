"""JSON Web Tokens with RS256: signed by openssl, verified with the keys that their issuer publishes."""

import base64
import hashlib
import hmac
import json
import subprocess
import time

EXPONENT = 65537
SHA256_PREFIX = bytes.fromhex("3031300d060960864801650304020105000420")  # RFC 8017, section 9.2


def base64_url(content):
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def bytes_of(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def sign(key_file, claims, **header):
    parts = ({"typ": "JWT", "alg": "RS256"} | header, claims)
    content = ".".join(base64_url(json.dumps(part).encode()) for part in parts)
    command = ["openssl", "dgst", "-sha256", "-sign", key_file]
    signature = subprocess.run(command, input=content.encode(), capture_output=True, check=True)
    return f"{content}.{base64_url(signature.stdout)}"


def public_keys(key_file):
    """The JWKS that an issuer with this key publishes (RFC 7517)."""
    command = ["openssl", "rsa", "-in", key_file, "-noout", "-modulus"]
    said = subprocess.run(command, capture_output=True, check=True, text=True).stdout
    modulus = bytes.fromhex(said.strip().removeprefix("Modulus="))
    key = {"kty": "RSA", "alg": "RS256", "use": "sig", "n": base64_url(modulus),
           "e": base64_url(EXPONENT.to_bytes(3, "big"))}
    return {"keys": [key]}


def is_signed(content, signature, key):
    modulus = int.from_bytes(bytes_of(key["n"]), "big")
    size = (modulus.bit_length() + 7) // 8
    decrypted = pow(int.from_bytes(signature, "big"), EXPONENT, modulus).to_bytes(size, "big")
    digest = SHA256_PREFIX + hashlib.sha256(content.encode()).digest()
    padding = b"\xff" * (size - len(digest) - 3)
    return hmac.compare_digest(decrypted, b"\x00\x01" + padding + b"\x00" + digest)


def verified(token, keys, issuer, audience):
    """The claims of a token of this issuer for this audience; None for any other."""
    try:
        content, _, signature = token.rpartition(".")
        header, claims = (json.loads(bytes_of(part)) for part in content.split("."))
        ours = claims["iss"] == issuer and audience in claims["aud"] and claims["exp"] > time.time()
        good = header["alg"] == "RS256" and any(
            is_signed(content, bytes_of(signature), key) for key in keys["keys"])
        return claims if ours and good else None
    except (KeyError, TypeError, ValueError):
        return None
