/** The steward's pages, one chunk: members never load it. */
import { Route, Router } from "preact-iso";

import { NotFoundPage } from "../../parts/not-found.tsx";
import { RunCampaignsPage } from "./campaigns.tsx";
import { RunHubPage } from "./hub.tsx";
import { InvitesPage } from "./invites.tsx";
import { MembersPage } from "./members.tsx";
import { RunPage } from "./overview.tsx";
import { ProfilePage } from "./profile.tsx";

export function RunPages() {
  return (
    <Router>
      <Route path="/" component={RunPage} />
      <Route path="/profile" component={ProfilePage} />
      <Route path="/invites" component={InvitesPage} />
      <Route path="/members" component={MembersPage} />
      <Route path="/campaigns" component={RunCampaignsPage} />
      <Route path="/hub" component={RunHubPage} />
      <Route default component={NotFoundPage} />
    </Router>
  );
}
