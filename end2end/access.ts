// What makes a screen usable for everybody, as far as a machine can tell: two engines, a validator, and what the layout does
// to those who need other sizes. `access.spec.ts` asks it of every screen, and plants a fault for each check.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

import { AxeBuilder } from "@axe-core/playwright";
import type { Page } from "@playwright/test";
import { HtmlValidate } from "html-validate";

const require = createRequire(import.meta.url);
const ACE = readFileSync(require.resolve("accessibility-checker-engine/ace-window.js"), "utf8");

/** Adds rules to a page, and returns how to take them away. A sheet that is adopted is no element that a policy or the app
 * could stumble over. */
async function sheet(page: Page, css: string): Promise<() => Promise<void>> {
  const handle = await page.evaluateHandle((css) => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(css);
    document.adoptedStyleSheets.push(sheet);
    return sheet;
  }, css);
  return () =>
    handle.evaluate((sheet) => {
      document.adoptedStyleSheets = document.adoptedStyleSheets.filter((each) => each !== sheet);
    });
}

/** Beside those that are on by themselves: WCAG 2.2's sizes of targets, and text at 7:1 as `design.md` wants it. */
const RULES = { "target-size": { enabled: true }, "color-contrast-enhanced": { enabled: true } };

/** Deque's engine, with its rules of WCAG 2.2 and its best practices; and what is written, as French printers set it. */
export async function axe(page: Page): Promise<string[]> {
  return [...(await deque(page, new AxeBuilder({ page }).options({ rules: RULES }))), ...(await typography(page))];
}

/** Words of ours that a screen shows or has read out, with an ordinary space where a line may not break or an apostrophe of a
 * typewriter. What people have typed stands as they did. */
function typography(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const WRONG = / [:;!?»%€](?=[\s.,)]|$)|« |\p{L}'\p{L}|(?<!\d)\d{1,3} \d{3}(?!\d)|\d h \d|\.\.\./u;
    const TYPED = "textarea, q, .words-text, code, kbd, pre, script, style, noscript";
    const said = new Set<string>();
    const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT | NodeFilter.SHOW_ELEMENT);
    while (walk.nextNode()) {
      const node = walk.currentNode;
      if (node instanceof Text) {
        if (WRONG.test(node.data) && !node.parentElement?.closest(TYPED)) said.add(node.data.trim());
      } else if (node instanceof Element) {
        for (const name of ["aria-label", "placeholder", "title", "alt"]) {
          const text = node.getAttribute(name);
          if (text && WRONG.test(text)) said.add(text);
        }
      }
    }
    return [...said].map((text) => `typography: ${text.slice(0, 160)}`);
  });
}

/** The one thing of it that another theme can change. */
function contrast(page: Page): Promise<string[]> {
  return deque(page, new AxeBuilder({ page }).withRules(["color-contrast", "color-contrast-enhanced"]));
}

async function deque(page: Page, engine: AxeBuilder): Promise<string[]> {
  // What lies under a bar at the foot of the screen can be scrolled from under it. A colour is looked at where it ends: a
  // theme that has just been changed is still on its way.
  const back = await sheet(
    page,
    ".dock, .savebar { position: static !important; } *, ::before, ::after { transition: none !important; }",
  );
  const { violations } = await engine.analyze();
  await back();
  return violations.map(({ id, help, nodes }) => `axe ${id}: ${help} (${nodes.map((node) => node.target).join(", ")})`);
}

interface AceResult {
  ruleId: string;
  value: [string, string];
  message: string;
  path: { dom: string };
  snippet: string;
}

/** IBM's engine. What it leaves to a person is not counted. */
export async function ace(page: Page): Promise<string[]> {
  if (!(await page.evaluate(() => "ace" in globalThis))) await page.evaluate(ACE);
  const results = await page.evaluate(async () => {
    const { ace } = globalThis as unknown as { ace: { Checker: new () => AceChecker } };
    interface AceChecker {
      check(node: Document, policies: string[]): Promise<{ results: AceResult[] }>;
    }
    const { results } = await new ace.Checker().check(document, ["WCAG_2_2"]);
    // What is folded away is looked at unfolded.
    return results.filter(({ path }) => {
      const node = document.evaluate(path.dom, document, null, XPathResult.FIRST_ORDERED_NODE_TYPE).singleNodeValue;
      return !(node instanceof Element) || node.checkVisibility();
    });
  });
  return results
    .filter(({ value }) => value[0] === "VIOLATION" && value[1] === "FAIL")
    .map(({ ruleId, message, snippet }) => `ace ${ruleId}: ${message} ${snippet.slice(0, 160)}`);
}

const validator = new HtmlValidate({
  extends: ["html-validate:standard"],
  rules: {
    // Matters of taste, and what a document that is read out of a browser does not have as it was written.
    "attr-quotes": "off",
    "attribute-boolean-style": "off",
    "attribute-empty-style": "off",
    "doctype-style": "off",
    "no-inline-style": "off",
    "no-trailing-whitespace": "off",
    "no-raw-characters": "off",
    "no-implicit-button-type": "off",
    "long-title": "off",
    "require-sri": "off",
    "void-style": "off",
    "prefer-native-element": "off",
    "tel-non-breaking": "off",
    "valid-id": ["error", { relaxed: true }],
  },
});

/** The document as it stands, by the rules of HTML. */
export async function html(page: Page): Promise<string[]> {
  const report = await validator.validateString(await page.content());
  return report.results.flatMap(({ messages, source }) =>
    messages.map(({ ruleId, message, line, column }) => {
      const text = source?.split("\n")[line - 1]?.slice(Math.max(0, column - 2), column + 140) ?? "";
      return `html ${ruleId}: ${message} ${text}`;
    }),
  );
}

/** Nothing is cut off, and nobody has to scroll in two directions. */
async function layout(page: Page, how: string): Promise<string[]> {
  const faults = await page.evaluate(() => {
    const found: string[] = [];
    const name = (element: Element) => `${element.tagName.toLowerCase()}.${element.getAttribute("class") ?? ""}`;
    const wide = document.scrollingElement!.scrollWidth;
    // Not `innerWidth`, which grows with what is too wide.
    const room = document.documentElement.clientWidth;
    if (wide > room + 1) {
      const scrolls = (element: Element | null): boolean =>
        element !== null && (/auto|scroll/.test(getComputedStyle(element).overflowX) || scrolls(element.parentElement));
      const out = [...document.querySelectorAll("main *")].filter(
        (element) => element.getBoundingClientRect().right > room + 1 && !scrolls(element),
      );
      const inner = out.filter((element) => !out.some((other) => other !== element && element.contains(other)));
      found.push(`scrolls sideways, ${wide} of ${room} px, ${inner.slice(0, 3).map((it) => `${name(it)} « ${it.textContent?.slice(0, 30)} »`).join(", ")}`);
    }
    // A long table has thousands of texts in few boxes: each box is looked at once.
    const boxes = new Map<Element, { overflowX: string; overflowY: string; edge: DOMRect }>();
    const look = (box: Element) => {
      const known = boxes.get(box);
      if (known) return known;
      const { overflowX, overflowY } = getComputedStyle(box);
      const looked = { overflowX, overflowY, edge: box.getBoundingClientRect() };
      boxes.set(box, looked);
      return looked;
    };
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      const parent = node.parentElement!;
      if (!node.textContent!.trim() || !parent.checkVisibility({ visibilityProperty: true })) continue;
      if (parent.closest(".sr-only, [aria-hidden=true], script, style, noscript, option, title")) continue;
      const range = document.createRange();
      range.selectNodeContents(node);
      for (const text of range.getClientRects()) {
        if (text.width === 0) continue;
        for (let box: Element | null = parent; box && box !== document.documentElement; box = box.parentElement) {
          const { overflowX, overflowY, edge } = look(box);
          // What only screen readers read.
          if (edge.width <= 1 && edge.height <= 1) break;
          // What scrolls by itself, or says so with an ellipsis elsewhere in full, is not cut.
          if (overflowX === "auto" || overflowX === "scroll") break;
          const cutSide = /hidden|clip/.test(overflowX) && (text.right > edge.right + 2 || text.left < edge.left - 2);
          const cutBelow = /hidden|clip/.test(overflowY) && (text.bottom > edge.bottom + 2 || text.top < edge.top - 2);
          if (cutSide || cutBelow) {
            found.push(`« ${node.textContent!.trim().slice(0, 40)} » is cut by ${name(box)}`);
            break;
          }
        }
      }
    }
    for (const bar of document.querySelectorAll("body *")) {
      if (bar.closest("[hidden]")) continue;
      if (getComputedStyle(bar).position !== "fixed" && getComputedStyle(bar).position !== "sticky") continue;
      const { height, width } = bar.getBoundingClientRect();
      if (width > innerWidth / 2 && height > innerHeight / 2) found.push(`${name(bar)} covers half of the screen`);
    }
    return [...new Set(found)];
  });
  return faults.map((fault) => `layout, ${how}: ${fault}`);
}

const SPACED =
  "* { line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important; } " +
  "p { margin-bottom: 2em !important; }";

/** How large what one taps must be, how far from the next, and what the thumb finds without looking (`quality.md` D4). */
const TOUCH = 48;
const THUMB = 60;

/** Whether a thumb hits what it aims at: links within a sentence aside, which nobody can make larger. */
export async function targets(page: Page): Promise<string[]> {
  const faults = await page.evaluate(
    ({ touch, thumb }) => {
      const found: string[] = [];
      const rooms: { name: string; element: Element; room: DOMRect }[] = [];
      const tapped = "a[href], button, input, select, textarea, summary";
      for (const element of document.querySelectorAll(tapped)) {
        // What is moved out of sight until it has the focus is no target of a thumb, and what the browser has not laid out yet
        // stands nowhere.
        const seen = { visibilityProperty: true, contentVisibilityAuto: true };
        if (element.matches("[type=hidden], .skip-link") || !element.checkVisibility(seen)) continue;
        // A chip is its label.
        const label = element.closest("label");
        const shown = label ?? element;
        const within = getComputedStyle(shown).display === "inline" && shown.parentElement!.textContent!.trim() !== shown.textContent!.trim();
        if (within) continue;
        const room = shown.getBoundingClientRect();
        const name = `${element.tagName.toLowerCase()} « ${(element.getAttribute("aria-label") ?? shown.textContent ?? "").trim().slice(0, 30)} »`;
        if (room.width < 1 || room.height < 1) continue;
        const least = element.matches(".stepper-key, .savebar .btn-primary") ? thumb : touch;
        const { before, after } = { before: getComputedStyle(shown, "::before"), after: getComputedStyle(shown, "::after") };
        // Its area may go beyond what is drawn of it.
        const reach = [before, after].filter(({ content, position }) => content !== "none" && position === "absolute");
        const wide = Math.max(room.width, ...reach.map(({ width }) => parseFloat(width) || 0));
        const high = Math.max(room.height, ...reach.map(({ height }) => parseFloat(height) || 0));
        if (wide < least - 0.5 || high < least - 0.5) found.push(`${name} is ${Math.round(wide)} × ${Math.round(high)} px`);
        rooms.push({ name, element: shown, room });
      }
      for (const [at, one] of rooms.entries()) {
        for (const other of rooms.slice(at + 1)) {
          if (one.element.contains(other.element) || other.element.contains(one.element)) continue;
          const wide = Math.min(one.room.right, other.room.right) - Math.max(one.room.left, other.room.left);
          const high = Math.min(one.room.bottom, other.room.bottom) - Math.max(one.room.top, other.room.top);
          const floats = (element: Element) => element.closest(".savebar, .dock, .topbar, .bottombar, .toasts") !== null;
          if (wide > 1 && high > 1 && !floats(one.element) && !floats(other.element)) found.push(`${one.name} lies over ${other.name}`);
        }
      }
      const save = document.querySelector(".savebar .btn-primary");
      if (save && save.getBoundingClientRect().top < innerHeight / 2) found.push("what saves is not in the lower half");
      return [...new Set(found)];
    },
    { touch: TOUCH, thumb: THUMB },
  );
  return faults.map((fault) => `targets: ${fault}`);
}

/** What is left of the width of an A4 sheet between its margins, at 96 dots an inch. */
const A4 = { width: 680, height: 1_000 };

/** On paper nothing scrolls, and nothing may be cut. */
export async function paper(page: Page): Promise<string[]> {
  const size = page.viewportSize()!;
  await page.emulateMedia({ media: "print" });
  await page.setViewportSize(A4);
  const faults = await layout(page, "on A4");
  faults.push(
    ...(await page.evaluate(() =>
      [...document.querySelectorAll("main *")]
        .filter((it) => it.checkVisibility() && it.scrollWidth > it.clientWidth + 1 && /auto|scroll|hidden/.test(getComputedStyle(it).overflowX))
        .filter((it) => it.clientWidth > 1)
        .map((it) => `layout, on A4: ${it.tagName.toLowerCase()}.${it.getAttribute("class")} would scroll`),
    )),
  );
  await page.setViewportSize(size);
  await page.emulateMedia({ media: "screen" });
  return faults;
}

/** Other windows than one's own: the narrowest phone, a phone on its side, and a desktop's at 400 % (1280 × 1024). */
const WINDOWS: [string, { width: number; height: number }][] = [
  ["320 px", { width: 320, height: 640 }],
  ["landscape", { width: 740, height: 360 }],
  ["400 %", { width: 320, height: 256 }],
];

/** As it stands; in other windows; with letters twice as large; with the spacings of WCAG 1.4.12. */
export async function layouts(page: Page): Promise<string[]> {
  const faults = await layout(page, "as it is");
  const size = page.viewportSize()!;
  for (const [how, window] of WINDOWS) {
    await page.setViewportSize(window);
    faults.push(...(await layout(page, how)));
  }
  await page.setViewportSize(size);
  const ways: [string, string][] = [
    ["text at 200 %", ":root { font-size: 200% !important; }"],
    ["spaced text", SPACED],
  ];
  for (const [how, css] of ways) {
    const back = await sheet(page, css);
    faults.push(...(await layout(page, how)));
    await back();
  }
  return faults;
}

/**
 * All of it; of axe's rules those alone a second time that another theme can change. IBM's engine, which cannot be asked for a
 * few rules only and takes its time on long pages, looks at the dark one on the phone's screens, which are dark every evening.
 */
export async function everything(page: Page): Promise<string[]> {
  const faults = await html(page);
  faults.push(...(await targets(page)));
  faults.push(...(await layouts(page)));
  const told = (theme: string, found: string[]) => faults.push(...found.map((fault) => `${theme}: ${fault}`));
  // Without transitions, so that a colour is looked at where it ends.
  await page.emulateMedia({ colorScheme: "light", reducedMotion: "reduce" });
  told("light", await axe(page));
  told("light", await ace(page));
  await page.emulateMedia({ colorScheme: "dark", reducedMotion: "reduce" });
  told("dark", await contrast(page));
  if (new URL(page.url()).pathname.startsWith("/app")) told("dark", await ace(page));
  return faults;
}
