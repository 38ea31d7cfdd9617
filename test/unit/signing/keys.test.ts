import { describe, expect, test } from "vitest";
import { noteSigner, parseVkey } from "../../../shared/log/note.ts";
import { hash } from "../../../shared/protocol/primitives.ts";
import { type PrivateJwk, signer, thumbprint } from "../../../shared/signing/ed25519.ts";
import { makeHubKeys, makeNodeKeys } from "../../../shared/signing/keys.ts";

describe("the keys a network starts with", () => {
  test("a hub's secrets are a log key of its name, a statement key, a recovery hash and a setup token", async () => {
    const { secrets, vkey, recoveryJwk } = await makeHubKeys("hub.example.org");
    expect(await noteSigner(secrets.LOG_KEY)).toMatchObject({ name: "hub.example.org/log", vkey });
    const statementKey = await signer(JSON.parse(secrets.STATEMENT_JWK) as PrivateJwk);
    expect(hash.safeParse(statementKey.kid).success).toBe(true);
    expect(secrets.RECOVERY_SHA256).toBe(thumbprint(recoveryJwk));
    expect(secrets.SETUP_TOKEN).toMatch(/^[A-Za-z0-9_-]{32}$/);
    expect(JSON.stringify(secrets)).not.toContain(recoveryJwk.d);
  });

  test("a node's secrets are a book key of its name, a report key, a recovery hash and a setup token", async () => {
    const { secrets, vkey, recoveryJwk } = await makeNodeKeys("localhost:8788");
    expect(await noteSigner(secrets.BOOK_KEY)).toMatchObject({ name: "localhost:8788/book", vkey });
    expect((await signer(JSON.parse(secrets.REPORT_JWK) as PrivateJwk)).kid).not.toBe(thumbprint(recoveryJwk));
    expect(secrets.RECOVERY_SHA256).toBe(thumbprint(recoveryJwk));
    expect(parseVkey(vkey).ok).toBe(true);
  });

  test("no two calls make the same key or token", async () => {
    const all = await Promise.all([makeHubKeys("a.example"), makeHubKeys("a.example"), makeHubKeys("a.example")]);
    for (const name of ["LOG_KEY", "STATEMENT_JWK", "RECOVERY_SHA256", "SETUP_TOKEN"] as const) {
      expect(new Set(all.map(({ secrets }) => secrets[name])).size).toBe(3);
    }
  });
});
