// What people read when the wasm does not start, or can open no notebook: an old browser, a file cut short, a fault of ours. It must work when
// nothing of ours does, so it uses the DOM only, and the stylesheet's classes because the CSP allows no inline style.

/** Shows a notice at the top of a page of the office, whose figures stay. */
export function sayFailure(title, text) {
  const notice = element("div", "notice");
  notice.setAttribute("role", "alert");
  notice.dataset.kind = "fault";
  const heading = element("h2", "", title);
  const actions = element("p", "actions");
  actions.append(link(location.href, "Réessayer"));
  const words = element("div");
  words.append(heading, element("p", "", text), actions);
  notice.append(words);
  for (const busy of document.querySelectorAll("[aria-busy]")) busy.removeAttribute("aria-busy");
  (document.getElementById("contenu") ?? document.body).prepend(notice);
}

/** Stands in the place of a notebook that cannot be opened, with whom to call: its screens are not there to say either. */
export function sayClosed(title, text) {
  let main = document.getElementById("contenu");
  if (!main) {
    // The shell has gone with the screen that asked for the code.
    main = element("main");
    main.id = "contenu";
    const shell = element("div", "phone");
    shell.append(main);
    document.body.prepend(shell);
  }
  const said = element("div", "empty");
  said.setAttribute("role", "alert");
  const lamp = document.querySelector(".halo")?.cloneNode(true) ?? "";
  said.append(lamp, element("h1", "", title), element("p", "", text), link(location.href, "Réessayer"));
  const help = element("p", "plain-foot", "Un jeune en danger\u202f: ");
  for (const number of ["119", "3018", "3114", "112"]) help.append(link(`tel:${number}`, number), " ");
  main.className = "page";
  main.removeAttribute("aria-busy");
  main.replaceChildren(said, help);
  document.title = `${title} – Lanterne`;
}

function link(href, text) {
  const made = element("a", href.startsWith("tel:") ? "" : "btn", text);
  made.href = href;
  return made;
}

function element(name, className = "", text = "") {
  const made = document.createElement(name);
  if (className) made.className = className;
  made.textContent = text;
  return made;
}
