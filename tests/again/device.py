"""A device with one passkey, made of a key alone: it answers as a browser would, also wrongly."""

import json
import os
from hashlib import sha256

from allauth.mfa.models import Authenticator
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from fido2.cose import ES256
from fido2.utils import websafe_encode
from fido2.webauthn import AttestationObject, AttestedCredentialData, AuthenticatorData, CollectedClientData

from tests import people

HOST = "localhost"
FLAG = AuthenticatorData.FLAG


class Device:
    def __init__(self, username="ada"):
        self.key, self.id = ec.generate_private_key(ec.SECP256R1()), os.urandom(16)
        kept = AttestedCredentialData.create(b"\0" * 16, self.id, ES256.from_cryptography_key(self.key.public_key()))
        made = AttestationObject.create("none", self.data(FLAG.UP | FLAG.UV | FLAG.AT, kept), {})
        client = CollectedClientData.create("webauthn.create", os.urandom(32), f"http://{HOST}")
        credential = self.credential({"attestationObject": websafe_encode(made)}, client)
        data = {"name": "a key", "credential": credential}
        Authenticator.objects.create(user=people.user(username), type="webauthn", data=data)

    def data(self, flags, kept=b""):
        return AuthenticatorData.create(sha256(HOST.encode()).digest(), flags, 1, kept)

    def credential(self, response, client):
        response = {**response, "clientDataJSON": websafe_encode(client)}
        name = websafe_encode(self.id)
        return {"id": name, "rawId": name, "type": "public-key", "response": response, "clientExtensionResults": {}}

    def answer(self, challenge, flags=FLAG.UP | FLAG.UV, origin=f"http://{HOST}"):
        """The browser's JSON. `flags` say whether somebody was there (UP) and whether the device knew them (UV)."""
        data, client = self.data(flags), CollectedClientData.create("webauthn.get", challenge, origin)
        signature = self.key.sign(data + client.hash, ec.ECDSA(hashes.SHA256()))
        signed = {"authenticatorData": websafe_encode(data), "signature": websafe_encode(signature)}
        return json.dumps(self.credential(signed, client))
