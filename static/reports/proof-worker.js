/* Solves one challenge (ALTCHA, version 2): looks for a counter whose derived key begins as wanted. */
"use strict";
const bytes = (hex) => Uint8Array.from(hex.match(/../g) ?? [], (pair) => parseInt(pair, 16));
const hex = (buffer) => [...new Uint8Array(buffer)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
const TRIES_MAX = 1e5;

onmessage = async ({ data: challenge }) => {
  const { nonce, salt, cost, keyLength, keyPrefix } = challenge.parameters;
  const start = bytes(nonce);
  const password = new Uint8Array(start.length + 4);
  password.set(start);
  const method = { name: "PBKDF2", hash: "SHA-256", salt: bytes(salt), iterations: cost };
  for (let counter = 0; counter < TRIES_MAX; counter += 1) {
    new DataView(password.buffer).setUint32(start.length, counter);
    const key = await crypto.subtle.importKey("raw", password, "PBKDF2", false, ["deriveBits"]);
    const derivedKey = hex(await crypto.subtle.deriveBits(method, key, keyLength * 8));
    if (derivedKey.startsWith(keyPrefix)) {
      postMessage(btoa(JSON.stringify({ challenge, solution: { counter, derivedKey } })));
      return;
    }
  }
};
