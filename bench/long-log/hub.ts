/** The hub of the long log: signs, folds and logs, with the functions the worker uses and no database between. */
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { toBase64, utf8 } from "../../shared/bytes.ts";
import { demandView } from "../../shared/capital/demand-view.ts";
import { applyEvents } from "../../shared/capital/fold.ts";
import { emptyCapital } from "../../shared/capital/state.ts";
import { applyStatement } from "../../shared/network/fold.ts";
import { emptyNetwork, type NetworkState } from "../../shared/network/state.ts";
import { headlineOf, networkJson, stateHash } from "../../shared/network/summary.ts";
import type { FundEvent } from "../../shared/protocol/fund.ts";
import type { Claims, Statement, StatementKind } from "../../shared/protocol/statement.ts";
import { PROTOCOL } from "../../shared/protocol/well-known.ts";
import { canonicalBytes } from "../../shared/signing/canonical.ts";
import { signer, type PrivateJwk } from "../../shared/signing/ed25519.ts";
import { makeHubKeys } from "../../shared/signing/keys.ts";
import { signStatement } from "../../shared/signing/statement.ts";
import { folderLog, type FinishedLog, type FolderLog } from "./folder.ts";

type Said<K extends StatementKind> = Omit<Claims<K>, "iss" | "iat" | "v">;

export interface LongHub {
  readonly origin: string;
  readonly vkey: string;
  readonly log: FolderLog;
  readonly state: NetworkState;
  sign<K extends StatementKind>(
    kind: K,
    iat: number,
    claims: Said<K>,
  ): Promise<{ kind: K; claims: Claims<K>; jws: string }>;
  append(entry: { kind: StatementKind; claims: object; jws: string }): Promise<string>;
  say<K extends StatementKind>(kind: K, iat: number, claims: Said<K>): Promise<string>;
  money(iat: number, by: Claims<"fund+jwt">["by"], events: FundEvent[]): Promise<string>;
  /** Entry 0. */
  begin(iat: number): Promise<string>;
  /** Logs the numbers as of now. */
  totals(iat: number): Promise<void>;
  /** Everything that a verifier asks for; the last totals are published and not logged. */
  finish(iat: number, url: string, cosign: (note: string) => Promise<string>): Promise<FinishedLog>;
}

export async function longHub(folder: string, name: string): Promise<LongHub> {
  const origin = `${name}/log`;
  const { secrets, vkey } = await makeHubKeys(name);
  const statements = await signer(JSON.parse(secrets.STATEMENT_JWK) as PrivateJwk);
  const log = await folderLog(join(folder, "log"), origin, secrets.LOG_KEY);
  const state = emptyNetwork();
  const capital = emptyCapital();

  const hub: LongHub = {
    origin,
    vkey,
    log,
    state,
    async sign(kind, iat, said) {
      const claims = { iss: origin, iat, v: 1, ...said } as unknown as Claims<typeof kind>;
      return { kind, claims, jws: await signStatement(statements, kind, claims) };
    },
    async append({ kind, claims, jws }) {
      const { index, leaf } = await log.append(utf8(jws));
      applyStatement(state, { index, leaf, statement: { kind, claims } as Statement });
      return leaf;
    },
    say: async (kind, iat, said) => await hub.append(await hub.sign(kind, iat, said)),
    async money(iat, by, events) {
      const applied = applyEvents(capital, demandView(state, iat), { index: log.size, iat, by, events });
      if (!applied.ok) throw new Error(`money was refused: ${JSON.stringify(applied.error)}`);
      return await hub.say("fund+jwt", iat, { by, events, transfers: applied.value.transfers });
    },
    begin: async (iat) =>
      await hub.say("hub-policy+jwt", iat, {
        name: "Hub",
        statement_jwk: statements.publicJwk,
        recovery_sha256: secrets.RECOVERY_SHA256,
        quorum: "none",
        formula: 1,
        currency: "EUR",
        k: 5,
        report_interval_s: 60,
      }),
    async totals(iat) {
      await hub.say("totals+jwt", iat, numbers());
    },
    async finish(iat, url, cosign) {
      const at = { origin, size: log.size, root: toBase64(log.root), iat };
      const { jws } = await hub.sign("totals+jwt", iat, numbers());
      const finished = await log.finish(cosign);
      await mkdir(join(folder, "api"), { recursive: true });
      await mkdir(join(folder, ".well-known"), { recursive: true });
      await Promise.all([
        writeFile(join(folder, "log/totals"), jws),
        writeFile(join(folder, "log/head"), finished.note),
        writeFile(join(folder, "api/network"), canonicalBytes(networkJson(state, at))),
        writeFile(join(folder, ".well-known/cocoon.json"), canonicalBytes(descriptor(url))),
      ]);
      return finished;
    },
  };

  function numbers(): Said<"totals+jwt"> {
    return {
      size: log.size,
      root: toBase64(log.root),
      state_sha256: stateHash(state),
      headline: headlineOf(state),
    };
  }
  function descriptor(url: string): object {
    return {
      kind: "hub",
      name: "Hub",
      origin: name,
      log: { origin, vkey, url: `${url}/log` },
      statement_jwks: { keys: [{ ...statements.publicJwk, kid: statements.kid }] },
      protocol: [...PROTOCOL],
      demo: false,
    };
  }

  return hub;
}
