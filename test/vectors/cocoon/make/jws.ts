/** jws.json: which compact JWS is read, and by which code another is refused (docs/protocol.md §3). */
import { toBase64url, utf8 } from "../../../../shared/bytes.ts";
import { MAX_STATEMENT_BYTES } from "../../../../shared/protocol/statement.ts";
import { privateJwkOf, signer } from "../../../../shared/signing/ed25519.ts";
import { signJws } from "../../../../shared/signing/jws.ts";
import { seedOf } from "./world.ts";

const TYP = "demand-report+jwt";
const CLAIMS = '{"iss":"a.example","seq":1}';

export async function makeJws() {
  const key = await signer(await privateJwkOf(seedOf(0x50)));
  const other = await signer(await privateJwkOf(seedOf(0x51)));
  const sign = async (header: string, payload = CLAIMS, by = key) => {
    const input = `${toBase64url(utf8(header))}.${toBase64url(utf8(payload))}`;
    return `${input}.${toBase64url(await by.sign(utf8(input)))}`;
  };
  const [alg, kid, typ] = ['"alg":"Ed25519"', `"kid":"${key.kid}"`, `"typ":"${TYP}"`];
  const good = `{${alg},${kid},${typ}}`;
  const jws = await sign(good);
  const [header = "", payload = "", signature = ""] = jws.split(".");
  const headers: [string, string][] = [
    ["alg none", `{"alg":"none",${kid},${typ}}`],
    ["alg EdDSA, the name that RFC 9864 retired", `{"alg":"EdDSA",${kid},${typ}}`],
    ["alg HS256", `{"alg":"HS256",${kid},${typ}}`],
    ["alg in lower case", `{"alg":"ed25519",${kid},${typ}}`],
    ["no alg", `{${kid},${typ}}`],
    ["no kid", `{${alg},${typ}}`],
    ["no typ", `{${alg},${kid}}`],
    ["jwk", `{${alg},"jwk":{"crv":"Ed25519","kty":"OKP","x":"${key.publicJwk.x}"},${kid},${typ}}`],
    ["jku", `{${alg},"jku":"https://evil.example/jwks",${kid},${typ}}`],
    ["x5u", `{${alg},${kid},${typ},"x5u":"https://evil.example/cert"}`],
    ["crit", `{${alg},"crit":["exp"],${kid},${typ}}`],
    ["b64", `{${alg},"b64":false,${kid},${typ}}`],
    ["cty", `{${alg},"cty":"JWT",${kid},${typ}}`],
  ];
  // 64 bytes leave four loose bits in the last character, which must be 0
  const loose = signature.slice(0, -1) + String.fromCharCode(signature.charCodeAt(85) + 1);
  const malformed: [string, string][] = [
    ["non-canonical base64url: loose bits in the signature", `${header}.${payload}.${loose}`],
    ["padded header", `${header}=.${payload}.${signature}`],
    ["padded signature", `${header}.${payload}.${signature}==`],
    ["two parts", `${header}.${payload}`],
    ["four parts", `${jws}.`],
    ["a line feed at the end", `${jws}\n`],
    ["a duplicate header member", await sign(`{"alg":"none",${alg},${kid},${typ}}`)],
    ["a duplicate claim", await sign(good, '{"seq":1,"seq":2}')],
    ["a payload that is no JSON", await sign(good, "{seq:1}")],
  ];
  const fill = (length: number) => ({ fill: "x".repeat(length) });
  return {
    jwk: key.publicJwk,
    kid: key.kid,
    max_bytes: MAX_STATEMENT_BYTES,
    accepted: [
      { name: "canonical", jws, typ: TYP, claims: JSON.parse(CLAIMS) as unknown },
      {
        name: "another order and spaces: the header's members count, not their order",
        jws: await sign(`{ ${typ}, ${kid}, ${alg} }`, '{ "seq":1, "iss":"a.example" }'),
        typ: TYP,
        claims: JSON.parse(CLAIMS) as unknown,
      },
    ],
    refused: [
      ...(await Promise.all(
        headers.map(async ([name, text]) => ({ name, code: "jws-header", jws: await sign(text) })),
      )),
      ...malformed.map(([name, text]) => ({ name, code: "jws-malformed", jws: text })),
    ],
    /** well formed, and not to be believed under `jwk` */
    unverified: [
      { name: "signed by another key under this kid", jws: await sign(good, CLAIMS, other) },
      { name: "signed by another key under its own kid", jws: await signJws(other, TYP, JSON.parse(CLAIMS)) },
      {
        name: "the signature of other claims",
        jws: `${header}.${toBase64url(utf8('{"iss":"a.example","seq":2}'))}.${signature}`,
      },
    ],
    /** lengths of `signJws(typ "x", {"fill":"xx…"})`; the whole text of these would fill this file */
    sizes: [
      { fill: 24_419, bytes: (await signJws(key, "x", fill(24_419))).length, code: null },
      { fill: 24_420, bytes: (await signJws(key, "x", fill(24_420))).length, code: "statement-too-large" },
    ],
  };
}
