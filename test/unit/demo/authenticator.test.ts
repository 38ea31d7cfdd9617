import {
  generateAuthenticationOptions,
  generateRegistrationOptions,
  verifyAuthenticationResponse,
  verifyRegistrationResponse,
} from "@simplewebauthn/server";
import { expect, test } from "vitest";
import { createAuthenticator } from "../../../scripts/demo/authenticator.ts";

const ORIGIN = "http://localhost:8788";

async function register() {
  const authenticator = createAuthenticator();
  const options = await generateRegistrationOptions({ rpName: "Cocoon", rpID: "localhost", userName: "Ada" });
  const response = await authenticator.create(options, ORIGIN);
  const { verified, registrationInfo } = await verifyRegistrationResponse({
    response,
    expectedChallenge: options.challenge,
    expectedOrigin: ORIGIN,
    expectedRPID: "localhost",
  });
  return { authenticator, options, verified, credential: registrationInfo!.credential };
}

test("a registration verifies at @simplewebauthn/server", async () => {
  const { verified } = await register();
  expect(verified).toBe(true);
});

test("two hundred assertions verify, whatever the length of r and s in DER", async () => {
  const { authenticator, credential } = await register();
  for (let i = 0; i < 200; i += 1) {
    const options = await generateAuthenticationOptions({ rpID: "localhost" });
    const response = await authenticator.get(options, ORIGIN);
    const { verified } = await verifyAuthenticationResponse({
      response,
      credential,
      expectedChallenge: options.challenge,
      expectedOrigin: ORIGIN,
      expectedRPID: "localhost",
    });
    expect(verified).toBe(true);
  }
});

test("a passkey that is excluded is not registered twice, and one of another site is not offered", async () => {
  const { authenticator, options } = await register();
  const excluded = { ...options, excludeCredentials: authenticator.passkeys.map(({ id }) => ({ id })) };
  await expect(authenticator.create(excluded, ORIGIN)).rejects.toThrow("InvalidStateError");
  await expect(authenticator.get({ challenge: "AAAA", rpId: "example.org" }, ORIGIN)).rejects.toThrow(
    "NotAllowedError",
  );
});

test("a passkey kept as JSON signs after a restart", async () => {
  const { authenticator, credential } = await register();
  const restarted = createAuthenticator(JSON.parse(JSON.stringify(authenticator.passkeys)));
  const options = await generateAuthenticationOptions({ rpID: "localhost" });
  const response = await restarted.get(options, ORIGIN);
  const { verified } = await verifyAuthenticationResponse({
    response,
    credential,
    expectedChallenge: options.challenge,
    expectedOrigin: ORIGIN,
    expectedRPID: "localhost",
  });
  expect(verified).toBe(true);
});
