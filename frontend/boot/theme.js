// Light or dark. From eight in the evening the notebook is dark, whatever the phone is (`quality.md` D5); by day it is as the
// phone is; always as its person has chosen on « Cet appareil » (frontend/src/theme.rs writes it). Run in the shell's head, so
// that no frame is painted in the other one.

const FROM = 20;
const UNTIL = 7;

function wanted() {
  let chosen;
  try {
    chosen = localStorage.getItem("lanterne-theme");
  } catch {
    // A browser that keeps nothing from this site.
  }
  const hour = new Date().getHours();
  return chosen ?? (hour >= FROM || hour < UNTIL ? "evening" : "system");
}

/** Puts the page in the light of this hour; its bars too, by the colour that the shell has for each. */
export function light() {
  const theme = wanted();
  const { dataset } = document.documentElement;
  if (theme === "system") delete dataset.theme;
  else dataset.theme = theme;
  const [day, night] = document.querySelectorAll('meta[name="theme-color"]');
  if (!night) return;
  const media = (name, scheme) => (theme === "system" ? `(prefers-color-scheme: ${scheme})` : theme === name ? "all" : "not all");
  day.media = media("day", "light");
  night.media = media("evening", "dark");
}
