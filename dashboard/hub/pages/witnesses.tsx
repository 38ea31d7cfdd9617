/** Who watches this hub's log: how many of how many have signed what is shown, by which rule, and what that does not show. */
import type { HubWitnesses } from "../../../shared/protocol/api/witness.ts";
import { Button } from "../../parts/button.tsx";
import { saveFile } from "../../parts/copy.tsx";
import { Disclosure } from "../../parts/disclosure.tsx";
import { formatDate } from "../../parts/format.ts";
import { t } from "../../parts/i18n.ts";
import { Page, Section } from "../../parts/page.tsx";
import { Stat, Stats } from "../../parts/stat.tsx";
import { Banner, Loaded } from "../../parts/states.tsx";
import { useResource } from "../../parts/use-resource.ts";
import { When } from "../../parts/values.tsx";
import { WitnessTable } from "../witness/witness-table.tsx";

export function WitnessesPage() {
  const witnesses = useResource<HubWitnesses>("/api/witnesses", { every: 30_000 });
  return (
    <Page title={t("witness.title")} lead={t("witness.lead")} back={{ href: "/check", label: t("nav.check") }}>
      <Loaded resource={witnesses}>
        {(shown) => (
          <>
            <Halted shown={shown} />
            <Stats>
              <Ratio shown={shown} />
            </Stats>
            <WitnessTable shown={shown} />
            <Rule shown={shown} />
            <Section title={t("witness.not-proven")}>
              <p class="measure">{t("witness.not-proven-text")}</p>
            </Section>
          </>
        )}
      </Loaded>
    </Page>
  );
}

export function Halted({ shown }: { shown: HubWitnesses }) {
  if (shown.halted === null) return null;
  return (
    <Banner tone="danger" title={t("witness.halted")}>
      {t("witness.halted-text", { by: shown.halted.by.split("+", 1)[0] ?? "" })}{" "}
      <When at={shown.halted.since} show="time" />
    </Banner>
  );
}

function Ratio({ shown }: { shown: HubWitnesses }) {
  const { rule, witnesses, cosigned, witnessed, size } = shown;
  const n = rule?.n ?? witnesses.length;
  const behind = size - (witnessed?.size ?? size);
  return (
    <Stat
      label={t("witness.title")}
      value={t("witness.ratio", { cosigned, n })}
      note={
        <>
          {t("witness.ratio-note", { k: rule?.k ?? 0 })}
          {witnessed === null ? null : (
            <>
              <br />
              {t("witness.since", { size: witnessed.size })}, <When at={witnessed.at} show="relative" />
            </>
          )}
          {behind > 0 ? (
            <>
              <br />
              {t("witness.behind", { n: behind })}
            </>
          ) : null}
        </>
      }
    />
  );
}

export function Rule({ shown: { rule, pending } }: { shown: HubWitnesses }) {
  return (
    <Section title={t("witness.rule")}>
      {rule === null ? (
        <p class="measure">{t("witness.rule-none")}</p>
      ) : (
        <>
          <p class="measure">
            {t("witness.rule-text", { k: rule.k, n: rule.n })}{" "}
            {t("witness.rule-means", { m: Math.max(0, 2 * rule.k - rule.n) })}
          </p>
          <p class="quiet small">
            {t("witness.rule-since", { index: rule.index })} <When at={rule.since} />
          </p>
          <Disclosure title={t("witness.policy")}>
            <pre class="code small">{rule.policy}</pre>
            <p>
              <Button kind="secondary" onClick={() => saveFile("witnesses.policy", "text/plain", rule.policy)}>
                {t("witness.policy-save")}
              </Button>
            </p>
          </Disclosure>
        </>
      )}
      {pending === null ? null : (
        <Banner title={t("witness.pending")}>
          {t("witness.pending-text", { k: pending.k, n: pending.n, when: formatDate(pending.effective) })}
        </Banner>
      )}
    </Section>
  );
}
