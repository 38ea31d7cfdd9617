/** Routes and navigation of a community's app. Everyone sees the public pages; members get Now and Me, stewards also Run. */
import { CircleUserRound, House, LayoutList, LogIn, SlidersHorizontal, Sun } from "lucide";
import { lazy, Route } from "preact-iso";

import { t, useLocale } from "../parts/i18n.ts";
import { RecoverPage } from "../parts/identity/recover.tsx";
import { SignInPage } from "../parts/identity/sign-in.tsx";
import { NotFoundPage } from "../parts/not-found.tsx";
import { setAppName } from "../parts/page.tsx";
import { useMe } from "../parts/session.ts";
import { type NavItem, Shell } from "../parts/shell.tsx";
import { CampaignsPage } from "./campaigns.tsx";
import { useCommunity } from "./data.ts";
import { HomePage } from "./home.tsx";

const CampaignPage = lazy(async () => (await import("./campaign.tsx")).CampaignPage);
const JoinPage = lazy(async () => (await import("../parts/identity/join.tsx")).JoinPage);
const MePage = lazy(async () => (await import("./me.tsx")).MePage);
const ReceiptsPage = lazy(async () => (await import("./receipts.tsx")).ReceiptsPage);
const ReceiptPage = lazy(async () => (await import("./receipt.tsx")).ReceiptPage);
const CheckPage = lazy(async () => (await import("./check.tsx")).CheckPage);
const PrivacyPage = lazy(async () => (await import("../parts/privacy.tsx")).PrivacyPage);
const RunPages = lazy(async () => (await import("./run/run.tsx")).RunPages);

export function App() {
  useLocale();
  const community = useCommunity().data;
  const known = community?.named ? community.name : t("app.unnamed");
  const name = community ? known : "Cocoon";
  setAppName(name);
  return (
    <Shell
      name={name}
      tagline={t("node.tagline")}
      demo={community?.demo ?? false}
      nav={useNav()}
      tabs
      footer={<Footer />}
    >
      <Route path="/" component={HomePage} />
      <Route path="/campaigns" component={CampaignsPage} />
      <Route path="/campaigns/:id" component={CampaignPage} />
      <Route path="/check" component={CheckPage} />
      <Route path="/me" component={MePage} />
      <Route path="/me/receipts" component={ReceiptsPage} />
      <Route path="/me/receipts/:leaf" component={ReceiptPage} />
      <Route path="/run/:place?" component={RunPages} />
      <Route path="/privacy" component={PrivacyPage} />
      <Route path="/sign-in" component={SignInPage} home="/" />
      <Route path="/join" component={JoinPage} home="/" />
      <Route path="/recover" component={RecoverPage} />
      <Route default component={NotFoundPage} />
    </Shell>
  );
}

function useNav(): NavItem[] {
  const me = useMe();
  const campaigns = { href: "/campaigns", label: t("tab.campaigns"), icon: LayoutList };
  if (!me) {
    return [
      { href: "/", label: t("tab.community"), icon: House },
      campaigns,
      // nothing is offered until it is known that nobody is signed in
      ...(me === null ? [{ href: "/sign-in", label: t("tab.sign-in"), icon: LogIn }] : []),
    ];
  }
  return [
    { href: "/", label: t("tab.now"), icon: Sun },
    campaigns,
    { href: "/me", label: t("tab.me"), icon: CircleUserRound },
    ...(me.role === "steward" ? [{ href: "/run", label: t("tab.run"), icon: SlidersHorizontal }] : []),
  ];
}

function Footer() {
  return (
    <>
      <span>{t("node.footer")}</span>
      <a href="/check">{t("node.footer-check")}</a>
      <a href="/privacy">{t("privacy.title")}</a>
      <a href="/book/checkpoint" target="_blank" rel="noreferrer">
        {t("node.footer-book")}
      </a>
      <a href="/openapi.json" target="_blank" rel="noreferrer">
        {t("node.footer-api")}
      </a>
    </>
  );
}
