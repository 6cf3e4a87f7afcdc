// What people read when the wasm does not start: an old browser, a file cut short, a fault of ours. It must work when
// nothing of ours does, so it uses the DOM only, and the stylesheet's classes because the CSP allows no inline style.

/** Shows a notice at the top of the page; a page that the wasm had already emptied gets one all the same. */
export function sayFailure(title, text) {
  const notice = element("div", "notice");
  notice.setAttribute("role", "alert");
  notice.dataset.kind = "fault";
  const heading = element("h2", "", title);
  const retry = element("a", "btn", "Réessayer");
  retry.href = location.href;
  const actions = element("p", "actions");
  actions.append(retry);
  const words = element("div");
  words.append(heading, element("p", "", text), actions);
  notice.append(words);
  for (const busy of document.querySelectorAll("[aria-busy]")) busy.removeAttribute("aria-busy");
  (document.getElementById("contenu") ?? document.body).prepend(notice);
}

function element(name, className = "", text = "") {
  const made = document.createElement(name);
  if (className) made.className = className;
  made.textContent = text;
  return made;
}
