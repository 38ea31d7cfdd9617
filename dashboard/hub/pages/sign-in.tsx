/** /sign-in at a hub: by passkey, or by a mailed code. Everybody lands at their own desk. */
import type { Me } from "../../../shared/protocol/api/identity.ts";
import { SignInPage } from "../../parts/identity/sign-in.tsx";
import { EmailSignIn } from "../email-sign-in.tsx";

export function deskOf(me: Me | null): string {
  return me?.role === "funder" ? "/funder" : me?.role === "supplier" ? "/supplier" : "/console";
}

export function HubSignInPage() {
  return <SignInPage home={deskOf} hub other={(onDone) => <EmailSignIn onDone={onDone} />} />;
}
