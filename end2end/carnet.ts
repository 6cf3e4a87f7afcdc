// The notebook as a person uses it: by what stands on the screen, never by what is behind it.
import { expect, type BrowserContext, type Locator, type Page } from "@playwright/test";

import { signIn } from "./fixtures.ts";

/** So many days ago, as an input of a date wants it. */
export function daysAgo(days: number): string {
  return new Intl.DateTimeFormat("sv-SE", { timeZone: "Europe/Paris" }).format(Date.now() - days * 86_400_000);
}

/** Signs in and waits until the notebook needs no network. */
export async function openNotebook(context: BrowserContext, login: string): Promise<Carnet> {
  const carnet = new Carnet(await context.newPage());
  await signIn(carnet.page, login);
  await carnet.isReady();
  return carnet;
}

/** The note of the form that is open, unfolded. */
export async function note(page: Page): Promise<Locator> {
  const details = page.locator("details.more");
  await expect(details).toBeVisible();
  if ((await details.getAttribute("open")) === null) await details.locator("summary").click();
  return page.getByRole("textbox", { name: /^Note/ });
}

/** Types a note into the form that is open. */
export async function typeNote(page: Page, text: string): Promise<void> {
  await (await note(page)).fill(text);
}

/** What a page is told when it goes out of sight, and comes back. */
export async function hide(page: Page, hidden: boolean): Promise<void> {
  await page.evaluate((hidden) => {
    Object.defineProperty(document, "visibilityState", { value: hidden ? "hidden" : "visible", configurable: true });
    Object.defineProperty(document, "hidden", { value: hidden, configurable: true });
    document.dispatchEvent(new Event("visibilitychange"));
  }, hidden);
}

/** Changes the same words of a record here and, first, on a second device: somebody has to choose then. */
export async function disagree(here: Carnet, second: BrowserContext, login: string): Promise<void> {
  const there = await openNotebook(second, login);
  await here.edit("Offrir une écoute");
  await there.edit("Offrir une écoute");
  await typeNote(there.page, "Du second appareil");
  await there.save();
  await expect(there.page.getByText(/^Tout est envoyé/)).toBeVisible();
  await second.close();
  await typeNote(here.page, "Du premier appareil");
  await here.save();
  await expect(here.page.getByText("a été modifiée aussi ailleurs")).toBeVisible();
}

/** The notebook on one page. */
export class Carnet {
  constructor(readonly page: Page) {}

  /** The address, as when the icon is tapped. */
  async open(path = "/app"): Promise<void> {
    await this.page.goto(path);
    await expect(this.page.locator("[aria-busy]")).toHaveCount(0);
  }

  async isReady(): Promise<void> {
    await expect(this.page.getByRole("banner").getByText("Prêt sans réseau")).toBeVisible();
  }

  async startPresence(...networks: string[]): Promise<void> {
    for (const network of networks) await this.choose(network);
    await this.page.getByRole("button", { name: "Commencer" }).click();
    await expect(this.page.getByRole("heading", { name: "Présence en cours" })).toBeVisible();
  }

  async endPresence(): Promise<void> {
    await this.page.getByRole("button", { name: "Terminer" }).click();
    await expect(this.page.getByRole("button", { name: "Commencer" })).toBeVisible();
  }

  /** Opens the form of a type by its tile. */
  async begin(tile: string): Promise<void> {
    await this.page.getByRole("link", { name: tile, exact: true }).click();
    await expect(this.page.getByRole("button", { name: "Enregistrer" })).toBeVisible();
  }

  /** Notes an intervention of the minimal kind. */
  async note(tile: string, network: string, young: number, words = ""): Promise<void> {
    await this.begin(tile);
    await this.choose(network);
    await this.firstTheme().click();
    if (words) await typeNote(this.page, words);
    for (let count = 1; count < young; count += 1) await this.more("jeunes").click();
    await this.save();
  }

  async save(): Promise<void> {
    await this.page.getByRole("button", { name: "Enregistrer" }).click();
    await expect(this.page.getByRole("button", { name: "Enregistrer" })).toHaveCount(0);
  }

  /** Chooses a network, behind « + » where it is not one of this person's first. */
  async choose(network: string): Promise<void> {
    const chip = this.chip(network);
    const more = this.page.getByRole("button", { name: /^(Voir tout|Autres réseaux)/ }).first();
    await expect(chip.or(more).first()).toBeVisible();
    if (!(await chip.isVisible())) await more.click();
    await chip.click();
  }

  chip(label: string): Locator {
    return this.page.locator("label.chip", { hasText: label }).first();
  }

  firstTheme(): Locator {
    return this.page.getByRole("group", { name: /^Thématiques/ }).locator("label.chip").first();
  }

  more(what: string): Locator {
    return this.page.getByRole("button", { name: new RegExp(`^Un de plus\\s*: ${what}$`) });
  }

  /** From the journal to what can be added to yesterday. */
  async addToYesterday(): Promise<void> {
    await this.page.getByRole("link", { name: "Ajouter à une autre soirée" }).click();
    await expect(this.page.getByRole("heading", { name: "Ajouter à une soirée" })).toBeVisible();
  }

  async openJournal(): Promise<void> {
    await this.page.getByRole("link", { name: "Journal", exact: true }).click();
    await expect(this.page.getByRole("heading", { name: "Journal", level: 1 })).toBeVisible();
  }

  async openEvening(): Promise<void> {
    await this.page.getByRole("link", { name: "Ce soir", exact: true }).click();
    await expect(this.page.getByRole("heading", { name: "Noter" })).toBeVisible();
  }

  /** An entry of the journal or of this evening, unfolded. */
  async unfold(title: string): Promise<Locator> {
    const entry = this.page.locator("details.entry", { hasText: title }).first();
    // What was unfolded before stays so, whatever became of it.
    if ((await entry.getAttribute("open")) === null) await entry.locator("summary").click();
    return entry;
  }

  /** Opens an entry of the journal to be changed. */
  async edit(title: string): Promise<void> {
    await this.page.goto("/app/journal");
    const entry = await this.unfold(title);
    await entry.getByRole("link", { name: "Modifier" }).click();
    await expect(this.page.getByRole("button", { name: "Enregistrer" })).toBeVisible();
  }

  /** The entries as one reads them: title, what stands under it and state. */
  async entries(): Promise<string[]> {
    const lines = this.page.locator("details.entry summary");
    const texts = await lines.evaluateAll((summaries) =>
      summaries.map((summary) =>
        [".entry-title", ".entry-meta", ".state"]
          .map((part) => summary.querySelector(part)?.textContent?.trim() ?? "")
          .join(" | "),
      ),
    );
    return texts;
  }

  /** The states of all entries shown, in words. */
  states(): Locator {
    return this.page.locator("details.entry .state");
  }
}
