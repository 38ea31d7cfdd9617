/** On a campaign's page: its curve by region as suppliers are shown it, and the widget to put on another site. */
import { useLocation } from "preact-iso";
import type { DemandCurveView } from "../../../shared/protocol/api/signals.ts";
import { AsOf } from "../../parts/as-of.tsx";
import { Copy } from "../../parts/copy.tsx";
import { DemandCurve } from "../../parts/demand-curve.tsx";
import { Disclosure } from "../../parts/disclosure.tsx";
import { Select } from "../../parts/field.tsx";
import { formatQuantity } from "../../parts/format.ts";
import { getLocale, t } from "../../parts/i18n.ts";
import { Section } from "../../parts/page.tsx";
import { Empty, Loaded, Skeleton } from "../../parts/states.tsx";
import { useResource } from "../../parts/use-resource.ts";
import { Themes } from "./themes.tsx";
import { regionChoice, withheldWords } from "./words.ts";

interface Mark {
  price: bigint;
  label: string;
}

export function CampaignRegions({ id, name, mark }: { id: string; name: string; mark: Mark }) {
  const { path, query, route } = useLocation();
  const region = query["region"] ?? "*";
  const address = `/api/campaigns/${encodeURIComponent(id)}/demand-curve`;
  // The list of regions is everywhere's, so that it stays while another region is on its way.
  const everywhere = useResource<DemandCurveView>(address);
  const curve = useResource<DemandCurveView>(`${address}?region=${encodeURIComponent(region)}`);
  return (
    <Section
      title={t("campaign.curve")}
      aside={
        <a class="small" href={`/signals?campaign=${encodeURIComponent(id)}`}>
          {t("signals.see-months")}
        </a>
      }
    >
      <p class="quiet measure">{t("signals.by-region-note")}</p>
      <Loaded resource={everywhere} skeleton={<Skeleton kind="chart" />}>
        {(data) =>
          data.regions.length === 0 ? (
            <Empty title={t("signals.none")}>{t("signals.none-note")}</Empty>
          ) : (
            <>
              <Select
                label={t("signals.region")}
                value={region}
                onChange={(value) => route(value === "*" ? path : `${path}?region=${encodeURIComponent(value)}`)}
                choices={data.regions.map((one) => ({
                  value: one.region,
                  label:
                    one.withheld === null
                      ? regionChoice(one.region)
                      : t("signals.region-withheld", { region: regionChoice(one.region) }),
                }))}
              />
              <Loaded resource={curve} skeleton={<Skeleton kind="chart" />}>
                {(chosen) => <Curve data={chosen} mark={mark} />}
              </Loaded>
            </>
          )
        }
      </Loaded>
      <Disclosure title={t("signals.embed")}>
        <p class="measure">{t("signals.embed-note")}</p>
        <Copy text={snippet(id, name)} label={t("signals.embed-code")} />
        <p>
          <a
            href={`/embed/signals?campaign=${encodeURIComponent(id)}&lang=${getLocale()}`}
            target="_blank"
            rel="noopener"
          >
            {t("signals.embed-see")}
          </a>
        </p>
      </Disclosure>
    </Section>
  );
}

function Curve({ data, mark }: { data: DemandCurveView; mark: Mark }) {
  const { shown, withheld, k } = data;
  if (shown === null) return <p>{withheld === null ? t("signals.none") : withheldWords(withheld, k)}</p>;
  const units = shown.curve.map((point) => BigInt(point.units));
  return (
    <>
      <p>
        {t("signals.region-sentence", {
          accounts: shown.accounts,
          communities: shown.communities,
          low: formatQuantity(shown.likely.low),
          high: formatQuantity(shown.likely.high),
        })}{" "}
        <AsOf size={shown.size} />
      </p>
      <DemandCurve
        bands={shown.curve.map((point) => BigInt(point.price_minor))}
        unitsByBand={units.map((here, at) => here - (units[at + 1] ?? 0n))}
        currency={data.currency}
        unit={data.campaign.unit}
        marks={[mark]}
      />
      <Themes themes={shown.feedback} />
    </>
  );
}

/** For other people's pages: the title is what a screen reader says of the frame. */
function snippet(id: string, name: string): string {
  const title = name.replaceAll("&", "&amp;").replaceAll('"', "&quot;").replaceAll("<", "&lt;");
  const address = `${location.origin}/embed/signals?campaign=${encodeURIComponent(id)}&amp;lang=${getLocale()}`;
  return `<iframe src="${address}" title="${title}" width="420" height="420" loading="lazy" sandbox="allow-popups" referrerpolicy="no-referrer"></iframe>`;
}
