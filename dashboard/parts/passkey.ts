/**
 * The browser's part of a passkey ceremony. Options come from the server as WebAuthn JSON, the answer goes back as it is.
 * A person who closes the prompt is not an error worth a stack trace: outcomes are values.
 */
import { browserSupportsWebAuthn, startAuthentication, startRegistration } from "@simplewebauthn/browser";
import type {
  PublicKeyCredentialCreationOptionsJSON,
  PublicKeyCredentialRequestOptionsJSON,
} from "@simplewebauthn/browser";

import type { AuthenticationResponse, RegistrationResponse } from "../../shared/protocol/api/identity.ts";
import type { Result } from "../../shared/result.ts";

export type CeremonyProblem = "unsupported" | "cancelled" | "already-registered" | "failed";
type Options = { challenge: string; [name: string]: unknown };

export async function createPasskey(options: Options): Promise<Result<RegistrationResponse, CeremonyProblem>> {
  if (!browserSupportsWebAuthn()) return { ok: false, error: "unsupported" };
  try {
    const optionsJSON = options as unknown as PublicKeyCredentialCreationOptionsJSON;
    return { ok: true, value: (await startRegistration({ optionsJSON })) as RegistrationResponse };
  } catch (error) {
    return { ok: false, error: reason(error) };
  }
}

/** For signing in and for signing a document: the challenge inside `options` is what gets signed. */
export async function signWithPasskey(options: Options): Promise<Result<AuthenticationResponse, CeremonyProblem>> {
  if (!browserSupportsWebAuthn()) return { ok: false, error: "unsupported" };
  try {
    const optionsJSON = options as unknown as PublicKeyCredentialRequestOptionsJSON;
    return { ok: true, value: (await startAuthentication({ optionsJSON })) as AuthenticationResponse };
  } catch (error) {
    return { ok: false, error: reason(error) };
  }
}

function reason(error: unknown): CeremonyProblem {
  const name = error instanceof Error ? error.name : "";
  if (name === "NotAllowedError" || name === "AbortError") return "cancelled";
  if (name === "InvalidStateError") return "already-registered";
  return "failed";
}
