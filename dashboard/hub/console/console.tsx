/** The operator's pages: one guard, one sub-navigation, then a page per noun. */
import type { FunctionComponent } from "preact";
import { Route, Router, useLocation } from "preact-iso";

import { t } from "../../parts/i18n.ts";
import { NeedsMe } from "../../parts/identity/account.tsx";
import { NotFoundPage } from "../../parts/not-found.tsx";
import { CampaignAdminPage } from "./campaign-admin.tsx";
import { CampaignNewPage } from "./campaign-new.tsx";
import { CampaignsAdminPage } from "./campaigns-admin.tsx";
import { CataloguePage } from "./catalogue.tsx";
import { CommunitiesAdminPage } from "./communities-admin.tsx";
import { JoinsPage } from "./joins.tsx";
import { OperatorsPage } from "./operators.tsx";
import { RatesPage } from "./rates.tsx";
import { TodoPage } from "./todo.tsx";

const links = [
  { href: "/console", key: "console.todo" },
  { href: "/console/joins", key: "console.joins" },
  { href: "/console/communities", key: "console.communities" },
  { href: "/console/campaigns", key: "console.campaigns" },
  { href: "/console/catalogue", key: "console.catalogue" },
  { href: "/console/rates", key: "console.rates" },
  { href: "/console/operators", key: "console.operators" },
] as const;

export const ConsolePages: FunctionComponent = () => {
  const { path } = useLocation();
  return (
    <NeedsMe title={t("nav.console")} roles={["operator"]}>
      {() => (
        <div class="console-grid">
          <nav class="subnav" aria-label={t("nav.console")}>
            {links.map(({ href, key }) => (
              <a
                key={href}
                href={href}
                aria-current={
                  path === href || (href !== "/console" && path.startsWith(`${href}/`)) ? "page" : undefined
                }
              >
                {t(key)}
              </a>
            ))}
          </nav>
          <Router>
            <Route path="/" component={TodoPage} />
            <Route path="/joins" component={JoinsPage} />
            <Route path="/communities" component={CommunitiesAdminPage} />
            <Route path="/campaigns" component={CampaignsAdminPage} />
            <Route path="/campaigns/new" component={CampaignNewPage} />
            <Route path="/campaigns/:id" component={CampaignAdminPage} />
            <Route path="/catalogue" component={CataloguePage} />
            <Route path="/rates" component={RatesPage} />
            <Route path="/operators" component={OperatorsPage} />
            <Route default component={NotFoundPage} />
          </Router>
        </div>
      )}
    </NeedsMe>
  );
};
