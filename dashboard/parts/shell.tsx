/**
 * The frame of both apps: skip link, demo banner, header with mark, navigation, language, theme and account, footer, toasts.
 * Pages are routes given as children of a preact-iso Router; lazy ones may suspend.
 */
import { CircleUserRound, Languages, Monitor, Moon, Settings2, Sun } from "lucide";
import type { ComponentChildren } from "preact";
import { ErrorBoundary, LocationProvider, Router, useLocation } from "preact-iso";
import { useEffect, useRef, useState } from "preact/hooks";
import type { IconNode } from "lucide";

import "./tokens.css";
import "./base.css";
import "./layout.css";
import "./controls.css";
import "./data.css";
import "./charts.css";
import { getLocale, locales, parts, setLocale, t, useLocale } from "./i18n.ts";
import { Icon } from "./icon.tsx";
import { Mark } from "./mark.tsx";
import { refreshSession, useMe } from "./session.ts";
import { getTheme, setTheme, type Theme } from "./theme.ts";
import { Toasts } from "./toast.tsx";
import { useStrip } from "./use-strip.ts";

export interface NavItem {
  href: string;
  label: string;
  icon?: IconNode;
  /** other places that belong to it: it is current there too */
  also?: readonly string[];
}

export interface ShellProps {
  name: string;
  /** small line under the name: what this place is */
  tagline: string;
  demo: boolean;
  nav: NavItem[];
  /** on phones the navigation sits at the foot as tabs (node) instead of scrolling under the header (hub) */
  tabs?: boolean;
  footer?: ComponentChildren;
  /** <Route> elements */
  children: ComponentChildren;
}

export function Shell(props: ShellProps) {
  const locale = useLocale();
  useEffect(() => {
    void refreshSession();
  }, []);
  return (
    <LocationProvider>
      <Frame key={locale} {...props} />
    </LocationProvider>
  );
}

function Frame({ name, tagline, demo, nav, tabs = false, footer, children }: ShellProps) {
  const { path } = useLocation();
  const strip = useStrip<HTMLElement>(`${path} ${nav.length}`);
  return (
    <div class="shell">
      <div>
        <a class="skip" href="#main">
          {t("shell.skip")}
        </a>
        {demo ? (
          <aside class="demo-banner" aria-label={t("shell.demo-label")}>
            {parts("shell.demo", { label: <strong>{t("shell.demo-label")}</strong> })}
          </aside>
        ) : null}
      </div>
      <header class="header">
        <div class="header-in">
          <a class="brand" href="/">
            <Mark />
            <span class="brand-name">
              {name}
              <small>{tagline}</small>
            </span>
          </a>
          <nav class={tabs ? "nav nav-tabs" : "nav strip"} ref={strip} aria-label={t("shell.nav")}>
            {nav.map((item) => (
              <a key={item.href} href={item.href} aria-current={isAt(item, path) ? "page" : undefined}>
                {item.icon ? <Icon node={item.icon} /> : null}
                {item.label}
              </a>
            ))}
          </nav>
          <div class="header-tools">
            <SettingsMenu />
          </div>
        </div>
      </header>
      <main class="main" id="main" tabIndex={-1}>
        <ErrorBoundary>
          <Router>{children as never}</Router>
        </ErrorBoundary>
      </main>
      <footer class="footer">
        <div class="footer-in">{footer}</div>
      </footer>
      <Toasts />
    </div>
  );
}

/** On the page itself, on one below it, and on those that belong to it. */
function isAt({ href, also = [] }: NavItem, path: string): boolean {
  return [href, ...also].some((place) => place === path || (place !== "/" && path.startsWith(`${place}/`)));
}

const themes: { value: Theme; icon: IconNode }[] = [
  { value: "system", icon: Monitor },
  { value: "light", icon: Sun },
  { value: "dark", icon: Moon },
];

/** Account, language and theme behind one button, so that 320 px stays calm. */
function SettingsMenu() {
  const me = useMe();
  const menu = useRef<HTMLDetailsElement>(null);
  const [theme, show] = useState(getTheme);
  const { url } = useLocation();
  useEffect(() => menu.current?.removeAttribute("open"), [url]);
  useEffect(() => {
    const close = (event: Event) => {
      const away =
        event instanceof KeyboardEvent ? event.key === "Escape" : !menu.current?.contains(event.target as Node);
      if (away && menu.current?.open) {
        menu.current.removeAttribute("open");
        if (event instanceof KeyboardEvent) menu.current.querySelector("summary")?.focus();
      }
    };
    document.addEventListener("click", close);
    document.addEventListener("keydown", close);
    return () => {
      document.removeEventListener("click", close);
      document.removeEventListener("keydown", close);
    };
  }, []);
  return (
    <details class="menu" ref={menu}>
      <summary class="button button-icon" aria-label={t("shell.settings")} title={t("shell.settings")}>
        <Icon node={me ? CircleUserRound : Settings2} />
      </summary>
      <div class="menu-body">
        <div class="menu-group">
          {me ? (
            <>
              <p>{t("shell.signed-in-as", { name: me.name })}</p>
              <a class="menu-item" href="/me">
                <Icon node={CircleUserRound} />
                {t("shell.me")}
              </a>
            </>
          ) : (
            <a class="menu-item" href="/sign-in">
              <Icon node={CircleUserRound} />
              {t("shell.sign-in")}
            </a>
          )}
        </div>
        <div class="menu-group">
          <p>{t("shell.language")}</p>
          {locales.map((locale) => (
            <button
              key={locale.code}
              type="button"
              class="menu-item"
              lang={locale.code}
              aria-pressed={getLocale() === locale.code}
              onClick={() => void setLocale(locale.code)}
            >
              <Icon node={Languages} />
              {locale.name}
              {getLocale() === locale.code ? (
                <span class="end" aria-hidden="true">
                  ✓
                </span>
              ) : null}
            </button>
          ))}
        </div>
        <div class="menu-group">
          <p>{t("shell.theme")}</p>
          {themes.map(({ value, icon }) => (
            <button
              key={value}
              type="button"
              class="menu-item"
              aria-pressed={theme === value}
              onClick={() => {
                setTheme(value);
                show(value);
              }}
            >
              <Icon node={icon} />
              {t(`shell.theme-${value}` as never)}
              {theme === value ? (
                <span class="end" aria-hidden="true">
                  ✓
                </span>
              ) : null}
            </button>
          ))}
        </div>
      </div>
    </details>
  );
}
