/**
 * Characters of a text that nobody sees, or that turn around what stands beside them (Unicode TR 36 and TR 39): a name with
 * them can look like another. Joiners stay, because scripts and emoji need them.
 */
const UNSEEN =
  /[\u0080-\u009F\u00AD\u200B\u200E\u200F\u2028-\u202E\u2060-\u206F\uFEFF\uFFF9-\uFFFB\u{E0000}-\u{E007F}\p{Surrogate}\p{Noncharacter_Code_Point}]/u;
const EACH = new RegExp(UNSEEN.source, "gu");

export function hasUnseen(text: string): boolean {
  return UNSEEN.test(text);
}

export function withoutUnseen(text: string): string {
  return text.replaceAll(EACH, "");
}
