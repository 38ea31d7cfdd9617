/** Reads the codes a steward types: a region of ISO 3166 and language tags. Refuses what the browser has no name for. Pure. */

const REGION = /^[A-Z]{2}(-[A-Z0-9]{1,3})?$/;
const LANGUAGE = /^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$/;
const MOST_LANGUAGES = 8;

/** True for a country the browser can name, with or without a subdivision of the right form. */
export function isRegion(code: string): boolean {
  if (!REGION.test(code)) return false;
  const country = code.slice(0, 2);
  return new Intl.DisplayNames("en", { type: "region", fallback: "none" }).of(country) !== undefined;
}

/** "en, pt-BR" -> ["en", "pt-BR"]; null when a tag has the wrong form or there are none or too many. */
export function readLanguages(text: string): string[] | null {
  const tags = [...new Set(text.split(/[\s,;]+/).filter((tag) => tag !== ""))];
  if (tags.length === 0 || tags.length > MOST_LANGUAGES) return null;
  return tags.every((tag) => LANGUAGE.test(tag)) ? tags : null;
}
