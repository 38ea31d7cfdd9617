/** /run/profile: name, what it is about, region, languages. They travel to the hub with the next report. */
import { useEffect, useState } from "preact/hooks";
import { useLocation } from "preact-iso";

import type { Community } from "../../../shared/protocol/api/community.ts";
import { api, problemText } from "../../parts/api.ts";
import { Button } from "../../parts/button.tsx";
import { TextArea, TextField } from "../../parts/field.tsx";
import { formatLanguage, formatRegion } from "../../parts/format.ts";
import { t } from "../../parts/i18n.ts";
import { Banner, Loaded } from "../../parts/states.tsx";
import { toast } from "../../parts/toast.tsx";
import { useCommunity } from "../data.ts";
import { focusInvalid } from "../focus-invalid.ts";
import { formatList } from "../list.ts";
import { isRegion, readLanguages } from "./profile-codes.ts";
import { StewardPage } from "./steward-page.tsx";

export function ProfilePage() {
  return (
    <StewardPage title={t("profile.title")} lead={t("profile.lead")}>
      <Profile />
    </StewardPage>
  );
}

function Profile() {
  const community = useCommunity();
  return <Loaded resource={community}>{(data) => <ProfileForm community={data} onSaved={community.reload} />}</Loaded>;
}

function ProfileForm({ community, onSaved }: { community: Community; onSaved: () => void }) {
  const { route } = useLocation();
  const [name, setName] = useState(community.named ? community.name : "");
  const [about, setAbout] = useState(community.about);
  const [region, setRegion] = useState(community.region ?? "");
  const [languages, setLanguages] = useState(
    (community.languages.length > 0 ? community.languages : navigator.languages.slice(0, 1)).join(", "),
  );
  const [tried, setTried] = useState(false);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const [dirty, setDirty] = useState(false);
  const regionCode = region.trim().toUpperCase();
  const tags = readLanguages(languages);

  useEffect(() => {
    if (!dirty) return undefined;
    const warn = (event: BeforeUnloadEvent) => event.preventDefault();
    addEventListener("beforeunload", warn);
    return () => removeEventListener("beforeunload", warn);
  }, [dirty]);

  function change(set: (value: string) => void): (value: string) => void {
    return (value) => {
      setDirty(true);
      set(value);
    };
  }

  async function save(event: SubmitEvent & { currentTarget: HTMLFormElement }) {
    event.preventDefault();
    setTried(true);
    if (busy) return;
    if (name.trim() === "" || !isRegion(regionCode) || tags === null) return focusInvalid(event.currentTarget);
    setBusy(true);
    const first = !community.named;
    const answer = await api.put<Community>("/api/community", {
      name: name.trim(),
      about: about.trim(),
      region: regionCode,
      languages: tags,
    });
    setBusy(false);
    if (!answer.ok) return setProblem(problemText(answer.error));
    setProblem(null);
    setDirty(false);
    toast(t(community.hubs.length > 0 ? "profile.saved" : "profile.saved-here"));
    onSaved();
    if (first) route("/run");
  }

  return (
    <form class="stack form" onSubmit={(event) => void save(event)} noValidate>
      <TextField
        label={t("profile.name")}
        hint={t("profile.name-hint")}
        sees={t("profile.sees-all")}
        value={name}
        onInput={change(setName)}
        maxLength={80}
        autocomplete="organization"
        error={tried && name.trim() === "" ? t("profile.name-missing") : null}
      />
      <TextArea
        label={t("profile.about")}
        optional
        hint={t("profile.about-hint")}
        sees={t("profile.sees-all")}
        value={about}
        onInput={change(setAbout)}
        maxLength={2000}
      />
      <TextField
        label={t("profile.region")}
        hint={
          isRegion(regionCode) ? t("profile.region-is", { region: formatRegion(regionCode) }) : t("profile.region-hint")
        }
        sees={t("profile.sees-all")}
        value={region}
        onInput={change(setRegion)}
        maxLength={6}
        autocomplete="off"
        spellcheck={false}
        error={tried && !isRegion(regionCode) ? t("profile.region-bad") : null}
      />
      <TextField
        label={t("profile.languages")}
        hint={
          tags
            ? t("profile.languages-are", { languages: formatList(tags.map(formatLanguage)) })
            : t("profile.languages-hint")
        }
        sees={t("profile.sees-all")}
        value={languages}
        onInput={change(setLanguages)}
        autocomplete="off"
        spellcheck={false}
        error={tried && tags === null ? t("profile.languages-bad") : null}
      />
      {problem ? <Banner tone="danger">{problem}</Banner> : null}
      <div class="row">
        <Button type="submit" busy={busy}>
          {t("profile.save")}
        </Button>
      </div>
    </form>
  );
}
