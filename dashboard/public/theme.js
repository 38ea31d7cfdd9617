// Before the first paint: the chosen theme, so that a dark page never flashes white. Everything else is in the modules.
try {
  const theme = localStorage.getItem("cocoon.theme");
  if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
} catch {
  // storage may be blocked; the system's theme then applies
}
