/** What you are about to sign: the readable summary, every field behind it, and the hash computed here rather than believed. */
import type { ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";

import type { MemberDocument } from "../../shared/protocol/document.ts";
import { Disclosure } from "./disclosure.tsx";
import { t } from "./i18n.ts";
import { Badge, Banner } from "./states.tsx";

export function SignedDocument({
  document,
  claimedHash,
  summary,
  compute,
  onChecked,
}: {
  document: MemberDocument;
  /** what the server says the hash is, and what the passkey will be asked to sign */
  claimedHash: string;
  /** "2 jars of 400 g, only if $8.00 or less each", written by the page from `document` itself */
  summary: ComponentChildren;
  /** base64url of shared/signing/document.ts `documentHash` */
  compute: (document: MemberDocument) => string | Promise<string>;
  onChecked: (matches: boolean) => void;
}) {
  const [own, setOwn] = useState<string | null>(null);
  useEffect(() => {
    let stale = false;
    async function recompute() {
      const hash = await compute(document);
      if (stale) return;
      setOwn(hash);
      onChecked(hash === claimedHash);
    }
    void recompute();
    return () => {
      stale = true;
    };
  }, [document, claimedHash]);
  return (
    <div class="document">
      <div class="stack-s">{summary}</div>
      {own !== null && own !== claimedHash ? (
        <Banner tone="danger" title={t("document.differs")}>
          {t("document.differs-note")}
        </Banner>
      ) : null}
      {own === claimedHash ? <Badge tone="ok">{t("document.matches")}</Badge> : null}
      <Disclosure title={t("document.all-fields")}>
        <dl class="facts small">
          {Object.entries(document).map(([name, value]) => (
            <div key={name}>
              <dt class="mono">{name}</dt>
              <dd class="mono">{value === null ? "–" : String(value)}</dd>
            </div>
          ))}
          <div>
            <dt>{t("document.hash")}</dt>
            <dd class="mono">{own ?? "…"}</dd>
          </div>
        </dl>
      </Disclosure>
    </div>
  );
}
