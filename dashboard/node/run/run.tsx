/** The steward's pages, one chunk: members never load it. */
import { useLocation } from "preact-iso";

import { NotFoundPage } from "../../parts/not-found.tsx";
import { RunCampaignsPage } from "./campaigns.tsx";
import { RunHubPage } from "./hub.tsx";
import { RunKeysPage } from "./keys.tsx";
import { InvitesPage } from "./invites.tsx";
import { MembersPage } from "./members.tsx";
import { RunPage } from "./overview.tsx";
import { ProfilePage } from "./profile.tsx";
import { WitnessingPage } from "./witnessing.tsx";

const pages = new Map([
  ["/run", RunPage],
  ["/run/profile", ProfilePage],
  ["/run/invites", InvitesPage],
  ["/run/members", MembersPage],
  ["/run/campaigns", RunCampaignsPage],
  ["/run/hub", RunHubPage],
  ["/run/keys", RunKeysPage],
  ["/run/witnessing", WitnessingPage],
]);

export function RunPages() {
  const { path } = useLocation();
  const Page = pages.get(path) ?? NotFoundPage;
  return <Page key={path} />;
}
