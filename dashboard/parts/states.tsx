/** What a page shows when things are not there yet, not there at all, or went wrong: Banner, Empty, Progress, Skeleton, Loaded, Badge. */
import { CircleAlert, CircleCheck, Info, TriangleAlert } from "lucide";
import type { ComponentChildren } from "preact";

import { problemText, type ApiError } from "./api.ts";
import { Button } from "./button.tsx";
import { t } from "./i18n.ts";
import { Icon } from "./icon.tsx";
import { Mark } from "./mark.tsx";
import type { Resource } from "./use-resource.ts";

export type Tone = "info" | "ok" | "warning" | "danger";
const icons = { info: Info, ok: CircleCheck, warning: TriangleAlert, danger: CircleAlert };

export function Banner({
  tone = "info",
  title,
  children,
  action,
}: {
  tone?: Tone;
  title?: string;
  children?: ComponentChildren;
  action?: ComponentChildren;
}) {
  return (
    <div class={`banner banner-${tone}`} role={tone === "danger" ? "alert" : "status"}>
      <Icon node={icons[tone]} />
      <div class="banner-body">
        {title ? <strong>{title}</strong> : null}
        {children ? <div>{children}</div> : null}
        {action ? <div class="row">{action}</div> : null}
      </div>
    </div>
  );
}

export function Badge({ tone, children }: { tone?: Tone; children: ComponentChildren }) {
  return (
    <span class={tone ? `badge badge-${tone}` : "badge"}>
      {tone ? <Icon node={icons[tone]} /> : null}
      {children}
    </span>
  );
}

/** Says what is missing and what to do next. */
export function Empty({
  title,
  children,
  action,
}: {
  title: string;
  children?: ComponentChildren;
  action?: ComponentChildren;
}) {
  return (
    <div class="empty">
      <Mark />
      <p class="h3">{title}</p>
      {children ? <p class="quiet">{children}</p> : null}
      {action}
    </div>
  );
}

/** For work longer than a second: how far, of how much, in words as well. */
export function Progress({
  label,
  value,
  max,
  detail,
}: {
  label: string;
  value: number | null;
  max: number;
  detail?: string;
}) {
  return (
    <div class="progress">
      <div class="row row-apart small">
        <span>{label}</span>
        <span class="quiet num">{detail ?? ""}</span>
      </div>
      {value === null ? (
        <progress aria-label={label} />
      ) : (
        <progress aria-label={label} value={value} max={Math.max(max, 1)} />
      )}
    </div>
  );
}

export function Skeleton({ kind = "lines" }: { kind?: "lines" | "card" | "chart" | "hero" }) {
  return (
    <div class="bones" role="status" aria-label={t("state.loading")}>
      {kind === "lines" ? (
        <>
          <span class="bone bone-1" />
          <span class="bone bone-2" />
          <span class="bone bone-3" />
        </>
      ) : (
        <span class={`bone bone-${kind}`} />
      )}
    </div>
  );
}

export function ErrorBanner({ error, onRetry }: { error: ApiError; onRetry?: () => void }) {
  return (
    <Banner
      tone="danger"
      title={problemText(error)}
      action={
        onRetry ? (
          <Button kind="secondary" onClick={onRetry}>
            {t("state.retry")}
          </Button>
        ) : undefined
      }
    >
      {error.problem?.instance ? (
        <span class="small quiet">{t("state.request-id", { id: error.problem.instance })}</span>
      ) : null}
    </Banner>
  );
}

/** Loading, error and content of a resource; an error with old data shows both. */
export function Loaded<T>({
  resource,
  skeleton,
  children,
}: {
  resource: Resource<T>;
  skeleton?: ComponentChildren;
  children: (data: T) => ComponentChildren;
}) {
  if (resource.data === null) {
    return resource.error ? (
      <ErrorBanner error={resource.error} onRetry={resource.reload} />
    ) : (
      <>{skeleton ?? <Skeleton />}</>
    );
  }
  return (
    <>
      {resource.error ? <ErrorBanner error={resource.error} onRetry={resource.reload} /> : null}
      {children(resource.data)}
    </>
  );
}
