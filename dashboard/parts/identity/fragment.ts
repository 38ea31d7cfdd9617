/** Takes a secret out of the address bar: read once, then removed from history, so that it is not shared by accident. */
export function takeFragment(): string {
  const value = decodeURIComponent(location.hash.slice(1));
  if (value) history.replaceState(history.state, "", location.pathname + location.search);
  return value;
}
