/** Light, dark, or as the system says. public/theme.js sets the choice before the first paint; this changes it. */
export type Theme = "system" | "light" | "dark";
const STORE = "cocoon.theme";

export function getTheme(): Theme {
  const set = document.documentElement.dataset["theme"];
  return set === "light" || set === "dark" ? set : "system";
}

export function setTheme(theme: Theme): void {
  if (theme === "system") delete document.documentElement.dataset["theme"];
  else document.documentElement.dataset["theme"] = theme;
  try {
    if (theme === "system") localStorage.removeItem(STORE);
    else localStorage.setItem(STORE, theme);
  } catch {
    // storage may be blocked; the choice lasts as long as the page
  }
}
