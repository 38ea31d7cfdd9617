/** One page: its title in the tab and as the heading that receives focus after navigation. */
import { ArrowLeft } from "lucide";
import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";

import { Icon } from "./icon.tsx";

let appName = "Cocoon";
let arrived = false;

export function setAppName(name: string): void {
  appName = name;
}

export function Page({
  title,
  heading,
  lead,
  hero = false,
  under,
  back,
  actions,
  children,
}: {
  title: string;
  /** shown instead of the plain title; still the h1 */
  heading?: ComponentChildren;
  lead?: ComponentChildren;
  /** a front page: the heading is a sentence, large */
  hero?: boolean;
  /** belongs to the heading: a check, a drawing */
  under?: ComponentChildren;
  back?: { href: string; label: string };
  actions?: ComponentChildren;
  children?: ComponentChildren;
}) {
  const h1 = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = `${title} · ${appName}`;
  }, [title]);
  useEffect(() => {
    // the first page keeps the browser's own focus; later ones announce themselves
    if (arrived) h1.current?.focus({ preventScroll: true });
    arrived = true;
  }, []);
  return (
    <div class="page">
      <div class={hero ? "page-head page-hero" : "page-head"}>
        {back ? (
          <a class="crumb" href={back.href}>
            <Icon node={ArrowLeft} class="flip" />
            {back.label}
          </a>
        ) : null}
        <div class="row row-apart">
          <h1 ref={h1} tabIndex={-1}>
            {heading ?? title}
          </h1>
          {actions ? <div class="row">{actions}</div> : null}
        </div>
        {lead ? <p class="lead">{lead}</p> : null}
        {under}
      </div>
      {children}
    </div>
  );
}

export function Section({
  title,
  aside,
  children,
  id,
}: {
  title: string;
  aside?: ComponentChildren;
  children: ComponentChildren;
  id?: string;
}) {
  return (
    <section class="section" id={id} aria-label={title}>
      <div class="section-head">
        <h2>{title}</h2>
        {aside}
      </div>
      {children}
    </section>
  );
}
