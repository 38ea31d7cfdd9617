/** Routes and navigation of the hub's dashboard. Everything but the console is public. */
import {
  ChartNoAxesColumn,
  HandCoins,
  Landmark,
  ChartSpline,
  LayoutList,
  ScanSearch,
  SlidersHorizontal,
  Tag,
  Users,
} from "lucide";
import { lazy, Route } from "preact-iso";

import "./hub.css";
import type { HubDescriptor } from "../../shared/protocol/well-known.ts";
import { t, useLocale } from "../parts/i18n.ts";
import { RecoverPage } from "../parts/identity/recover.tsx";
import { NotFoundPage } from "../parts/not-found.tsx";
import { setAppName } from "../parts/page.tsx";
import { useMe } from "../parts/session.ts";
import { Shell } from "../parts/shell.tsx";
import { useResource } from "../parts/use-resource.ts";
import { CampaignsPage } from "./pages/campaigns.tsx";
import { CommunitiesPage } from "./pages/communities.tsx";
import { OverviewPage } from "./pages/overview.tsx";
import { deskOf, HubSignInPage } from "./pages/sign-in.tsx";

const CampaignPage = lazy(async () => (await import("./pages/campaign.tsx")).CampaignPage);
const CommunityPage = lazy(async () => (await import("./pages/community.tsx")).CommunityPage);
const FundingPage = lazy(async () => (await import("./pages/funding.tsx")).FundingPage);
const FundsPage = lazy(async () => (await import("./pages/funds.tsx")).FundsPage);
const FundPage = lazy(async () => (await import("./pages/fund.tsx")).FundPage);
const FunderPage = lazy(async () => (await import("./pages/funder.tsx")).FunderPage);
const RecipientPage = lazy(async () => (await import("./pages/recipient.tsx")).RecipientPage);
const AwardsPage = lazy(async () => (await import("./pages/awards.tsx")).AwardsPage);
const AwardPage = lazy(async () => (await import("./pages/award.tsx")).AwardPage);
const TransfersPage = lazy(async () => (await import("./pages/transfers.tsx")).TransfersPage);
const TargetingPage = lazy(async () => (await import("./pages/targeting.tsx")).TargetingPage);
const AllocationsPage = lazy(async () => (await import("./pages/allocations.tsx")).AllocationsPage);
const AllocationPage = lazy(async () => (await import("./pages/allocation.tsx")).AllocationPage);
const SuppliersPage = lazy(async () => (await import("./pages/suppliers.tsx")).SuppliersPage);
const SupplierPage = lazy(async () => (await import("./pages/supplier.tsx")).SupplierPage);
const SupplierDeskPage = lazy(async () => (await import("./pages/supplier-desk.tsx")).SupplierDeskPage);
const IntroducePage = lazy(async () => (await import("./pages/introduce.tsx")).IntroducePage);
const FunderDeskPage = lazy(async () => (await import("./pages/funder-desk.tsx")).FunderDeskPage);
const AlertsPage = lazy(async () => (await import("./pages/alerts.tsx")).AlertsPage);
const SignalsPage = lazy(async () => (await import("./pages/signals.tsx")).SignalsPage);
const CheckPage = lazy(async () => (await import("./pages/check.tsx")).CheckPage);
const GuaranteesPage = lazy(async () => (await import("./pages/guarantees.tsx")).GuaranteesPage);
const PrivacyPage = lazy(async () => (await import("../parts/privacy.tsx")).PrivacyPage);
const WitnessesPage = lazy(async () => (await import("./pages/witnesses.tsx")).WitnessesPage);
const EvidencePage = lazy(async () => (await import("./pages/evidence.tsx")).EvidencePage);
const LogPage = lazy(async () => (await import("./pages/log.tsx")).LogPage);
const ConsolePages = lazy(async () => (await import("./console/console.tsx")).ConsolePages);
const JoinPage = lazy(async () => (await import("../parts/identity/join.tsx")).JoinPage);
const AccountPage = lazy(async () => (await import("../parts/identity/account.tsx")).AccountPage);

/** Pages without a place of their own in the navigation, under the one they belong to. */
const ABOUT_MONEY = [
  "/funds",
  "/funders",
  "/recipients",
  "/awards",
  "/transfers",
  "/targeting",
  "/allocations",
] as const;
const ABOUT_TRUST = ["/guarantees", "/log", "/evidence", "/witnesses"] as const;

/** Roles that work at the hub. */
const desk: readonly string[] = ["operator", "finance", "approver", "auditor"];

export function App() {
  useLocale();
  const me = useMe();
  const hub = useResource<HubDescriptor>("/.well-known/cocoon.json").data;
  const name = hub?.name ?? "Cocoon";
  setAppName(name);
  const nav = [
    { href: "/", label: t("nav.overview"), icon: ChartNoAxesColumn },
    { href: "/campaigns", label: t("nav.campaigns"), icon: LayoutList },
    { href: "/signals", label: t("nav.signals"), icon: ChartSpline, also: ["/suppliers"] },
    { href: "/communities", label: t("nav.communities"), icon: Users },
    { href: "/funding", label: t("nav.funding"), icon: HandCoins, also: ABOUT_MONEY },
    { href: "/check", label: t("nav.check"), icon: ScanSearch, also: ABOUT_TRUST },
    ...(me?.role === "supplier" ? [{ href: "/supplier", label: t("supplier.desk"), icon: Tag }] : []),
    ...(me?.role === "funder" ? [{ href: "/funder", label: t("nav.funder"), icon: Landmark }] : []),
    ...(me && desk.includes(me.role) ? [{ href: "/console", label: t("nav.console"), icon: SlidersHorizontal }] : []),
  ];
  return (
    <Shell name={name} tagline={t("hub.tagline")} demo={hub?.demo ?? false} nav={nav} footer={<Footer />}>
      <Route path="/" component={OverviewPage} />
      <Route path="/campaigns" component={CampaignsPage} />
      <Route path="/campaigns/:id" component={CampaignPage} />
      <Route path="/signals" component={SignalsPage} />
      <Route path="/communities" component={CommunitiesPage} />
      <Route path="/communities/:origin" component={CommunityPage} />
      <Route path="/funding" component={FundingPage} />
      <Route path="/funds" component={FundsPage} />
      <Route path="/funds/:id" component={FundPage} />
      <Route path="/funders/:id" component={FunderPage} />
      <Route path="/recipients/:id" component={RecipientPage} />
      <Route path="/awards" component={AwardsPage} />
      <Route path="/awards/:id" component={AwardPage} />
      <Route path="/transfers" component={TransfersPage} />
      <Route path="/targeting" component={TargetingPage} />
      <Route path="/allocations" component={AllocationsPage} />
      <Route path="/allocations/:id" component={AllocationPage} />
      <Route path="/suppliers" component={SuppliersPage} />
      <Route path="/suppliers/:id" component={SupplierPage} />
      <Route path="/supplier" component={SupplierDeskPage} />
      <Route path="/check" component={CheckPage} />
      <Route path="/guarantees" component={GuaranteesPage} />
      <Route path="/privacy" component={PrivacyPage} />
      <Route path="/log" component={LogPage} />
      <Route path="/evidence" component={EvidencePage} />
      <Route path="/witnesses" component={WitnessesPage} />
      {/* "/*" does not match the bare path */}
      <Route path="/console" component={ConsolePages} />
      <Route path="/console/*" component={ConsolePages} />
      <Route path="/sign-in" component={HubSignInPage} />
      <Route path="/introduce" component={IntroducePage} />
      <Route path="/funder" component={FunderDeskPage} />
      <Route path="/alerts" component={AlertsPage} />
      <Route path="/join" component={JoinPage} home={deskOf} hub />
      <Route path="/recover" component={RecoverPage} />
      <Route path="/me" component={AccountPage} />
      <Route default component={NotFoundPage} />
    </Shell>
  );
}

function Footer() {
  return (
    <>
      <span>{t("footer.promise")}</span>
      <a href="/guarantees">{t("guarantees.title")}</a>
      <a href="/privacy">{t("privacy.title")}</a>
      <a href="/log">{t("footer.log")}</a>
      <a href="/witnesses">{t("witness.title")}</a>
      <a href="/evidence">{t("evidence.title")}</a>
      <a href="/api/network">{t("footer.data")}</a>
      <a href="/openapi.json">{t("footer.api")}</a>
    </>
  );
}
