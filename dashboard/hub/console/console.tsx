/** The operator's pages: one guard, one sub-navigation, then a page per noun. */
import type { FunctionComponent } from "preact";
import { Route, Router, useLocation } from "preact-iso";

import { t } from "../../parts/i18n.ts";
import { NeedsMe } from "../../parts/identity/account.tsx";
import { NotFoundPage } from "../../parts/not-found.tsx";
import { useStrip } from "../../parts/use-strip.ts";
import { CampaignAdminPage } from "./campaign-admin.tsx";
import { CampaignNewPage } from "./campaign-new.tsx";
import { CampaignsAdminPage } from "./campaigns-admin.tsx";
import { CataloguePage } from "./catalogue.tsx";
import { CommunitiesAdminPage } from "./communities-admin.tsx";
import { JoinsPage } from "./joins.tsx";
import { KeysPage } from "./keys.tsx";
import { AuditPage } from "./money/audit.tsx";
import { MoneyPage } from "./money/desk.tsx";
import { ImportsPage } from "./money/imports.tsx";
import { LedgerPage } from "./money/ledger.tsx";
import { MatchingPage } from "./money/matching.tsx";
import { ProposalPage, ProposalsPage } from "./money/proposals.tsx";
import { RecordPage } from "./money/record.tsx";
import { StaffPage } from "./money/staff.tsx";
import { PartiesPage } from "./parties.tsx";
import { RatesPage } from "./rates.tsx";
import { SupplierAdminPage } from "./supplier-admin.tsx";
import { SuppliersAdminPage } from "./suppliers-admin.tsx";
import { TodoPage } from "./todo.tsx";
import { WitnessesAdminPage } from "./witnesses.tsx";

const links = [
  { href: "/console", key: "console.todo" },
  { href: "/console/joins", key: "console.joins" },
  { href: "/console/communities", key: "console.communities" },
  { href: "/console/witnesses", key: "witness.title" },
  { href: "/console/keys", key: "console.keys" },
  { href: "/console/campaigns", key: "console.campaigns" },
  { href: "/console/suppliers", key: "console.suppliers" },
  { href: "/console/catalogue", key: "console.catalogue" },
  { href: "/console/rates", key: "console.rates" },
  { href: "/console/money", key: "desk.money" },
  { href: "/console/money/proposals", key: "desk.proposals" },
  { href: "/console/money/matching", key: "matching.desk" },
  { href: "/console/money/ledger", key: "desk.ledger" },
  { href: "/console/imports", key: "desk.imports" },
  { href: "/console/audit", key: "desk.audit" },
  { href: "/console/staff", key: "desk.staff" },
  { href: "/console/parties", key: "parties.title" },
] as const;

export const ConsolePages: FunctionComponent = () => {
  const { path } = useLocation();
  // the longest of the links that the address begins with
  const current = links
    .map(({ href }) => href)
    .filter((href) => path === href || (href !== "/console" && path.startsWith(`${href}/`)))
    .reduce((longest, href) => (href.length > longest.length ? href : longest), "");
  return (
    <NeedsMe title={t("nav.console")} roles={["operator", "finance", "approver", "auditor"]}>
      {() => (
        <div class="console-grid">
          <Places current={current} />
          <Router>
            <Route path="/" component={TodoPage} />
            <Route path="/joins" component={JoinsPage} />
            <Route path="/communities" component={CommunitiesAdminPage} />
            <Route path="/witnesses" component={WitnessesAdminPage} />
            <Route path="/keys" component={KeysPage} />
            <Route path="/campaigns" component={CampaignsAdminPage} />
            <Route path="/campaigns/new" component={CampaignNewPage} />
            <Route path="/campaigns/:id" component={CampaignAdminPage} />
            <Route path="/suppliers" component={SuppliersAdminPage} />
            <Route path="/suppliers/:id" component={SupplierAdminPage} />
            <Route path="/catalogue" component={CataloguePage} />
            <Route path="/rates" component={RatesPage} />
            <Route path="/money" component={MoneyPage} />
            <Route path="/money/new" component={RecordPage} />
            <Route path="/money/proposals" component={ProposalsPage} />
            <Route path="/money/proposals/:id" component={ProposalPage} />
            <Route path="/money/matching" component={MatchingPage} />
            <Route path="/money/ledger" component={LedgerPage} />
            <Route path="/imports" component={ImportsPage} />
            <Route path="/audit" component={AuditPage} />
            <Route path="/staff" component={StaffPage} />
            <Route path="/parties" component={PartiesPage} />
            <Route default component={NotFoundPage} />
          </Router>
        </div>
      )}
    </NeedsMe>
  );
};

function Places({ current }: { current: string }) {
  const nav = useStrip<HTMLElement>(current);
  return (
    <nav class="subnav strip" ref={nav} aria-label={t("nav.console")}>
      {links.map(({ href, key }) => (
        <a key={href} href={href} aria-current={href === current ? "page" : undefined}>
          {t(key)}
        </a>
      ))}
    </nav>
  );
}
