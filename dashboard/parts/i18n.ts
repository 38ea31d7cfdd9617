/**
 * Messages and locale. `t("key", {n})` formats a message of the ICU kind (arguments, plural, select);
 * `parts` does the same but keeps elements given as parameters, for sentences with links or numbers in them.
 * English is bundled; other languages are loaded when chosen. Not a message extractor: keys are typed.
 */
import type { ComponentChild } from "preact";
import { useEffect, useReducer } from "preact/hooks";

import type { commonEn } from "../messages/common.en.ts";
import type { deskEn } from "../messages/desk.en.ts";
import type { offersEn } from "../messages/offers.en.ts";
import type { fundingEn } from "../messages/funding.en.ts";
import type { guaranteesEn } from "../messages/guarantees.en.ts";
import type { hubEn } from "../messages/hub.en.ts";
import type { matchingEn } from "../messages/matching.en.ts";
import type { nodeEn } from "../messages/node.en.ts";
import type { partyEn } from "../messages/party.en.ts";
import type { privacyEn } from "../messages/privacy.en.ts";
import type { problemsEn } from "../messages/problems.en.ts";
import type { signalsEn } from "../messages/signals.en.ts";
import type { verifyEn } from "../messages/verify.en.ts";
import type { witnessEn } from "../messages/witness.en.ts";
import { formatMessage } from "./message-format.ts";

export type MessageKey =
  | keyof typeof commonEn
  | keyof typeof privacyEn
  | keyof typeof problemsEn
  | keyof typeof verifyEn
  | keyof typeof witnessEn
  | keyof typeof hubEn
  | keyof typeof guaranteesEn
  | keyof typeof fundingEn
  | keyof typeof deskEn
  | keyof typeof offersEn
  | keyof typeof matchingEn
  | keyof typeof partyEn
  | keyof typeof signalsEn
  | keyof typeof nodeEn;
export type Catalogue = Record<string, string>;
export type Params = Record<string, string | number | bigint>;
export type RichParams = Record<string, ComponentChild | bigint>;

/** Languages a person can choose, in their own words. */
export const locales = [
  { code: "en", name: "English" },
  { code: "es", name: "Español" },
] as const;
export type Locale = (typeof locales)[number]["code"];

const STORE = "cocoon.locale";
const rightToLeft = new Set(["ar", "he", "fa", "ur"]);
const listeners = new Set<() => void>();

let current: Locale = "en";
let english: Catalogue = {};
let catalogue: Catalogue = {};
let loaders: Partial<Record<Locale, () => Promise<Catalogue>>> = {};

function preferred(): Locale {
  const chosen = readStored();
  const wanted = chosen ? [chosen] : navigator.languages;
  for (const tag of wanted) {
    const match = locales.find((l) => l.code === tag.toLowerCase().split("-")[0]);
    if (match) return match.code;
  }
  return "en";
}

function readStored(): string | null {
  try {
    return localStorage.getItem(STORE);
  } catch {
    return null; // storage may be blocked; the browser's language still applies
  }
}

export async function startLocale(options: {
  en: Catalogue;
  load: Partial<Record<Locale, () => Promise<Catalogue>>>;
}): Promise<void> {
  english = options.en;
  catalogue = options.en;
  loaders = options.load;
  await use(preferred());
}

async function use(locale: Locale): Promise<void> {
  const load = loaders[locale];
  try {
    catalogue = load ? await load() : english;
    current = load ? locale : "en";
  } catch {
    catalogue = english; // offline: stay readable
    current = "en";
  }
  document.documentElement.lang = current;
  document.documentElement.dir = rightToLeft.has(current) ? "rtl" : "ltr";
}

export async function setLocale(locale: Locale): Promise<void> {
  try {
    localStorage.setItem(STORE, locale);
  } catch {
    // the choice then lasts as long as the page
  }
  await use(locale);
  for (const notify of listeners) notify();
}

export function getLocale(): Locale {
  return current;
}

/** Regional form for numbers and dates: the browser's own tag when it speaks the chosen language. */
export function formatLocale(): string {
  return navigator.languages.find((tag) => tag.toLowerCase().split("-")[0] === current) ?? current;
}

/** Re-renders the caller when the language changes. */
export function useLocale(): Locale {
  const [, redraw] = useReducer((n: number) => n + 1, 0);
  useEffect(() => {
    const notify = () => redraw(null);
    listeners.add(notify);
    return () => void listeners.delete(notify);
  }, []);
  return current;
}

export function parts(key: MessageKey, params: RichParams = {}): ComponentChild[] {
  return formatMessage(catalogue[key] ?? english[key] ?? key, params, formatLocale());
}

export function t(key: MessageKey, params: Params = {}): string {
  // every parameter is text or a number here, so every part is text
  return (parts(key, params) as string[]).join("");
}

/** True when a message exists: for keys built from data, such as codes a newer server may send. */
export function hasMessage(key: string): key is MessageKey {
  return key in english;
}
