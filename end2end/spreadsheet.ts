// A spreadsheet of past activity, as a network comes with it.
import type { Page } from "@playwright/test";

/** Brings a file on the page « Importer ». */
export async function readFile(page: Page, kind: string, text: string, name = "Suivi 2023.csv"): Promise<void> {
  await page.goto("/coordination/import");
  await page.getByLabel("Ce qu’il contient").selectOption({ label: kind });
  await page.getByLabel("Fichier CSV").setInputFiles({ name, mimeType: "text/csv", buffer: Buffer.from(text) });
  await page.getByRole("button", { name: "Lire le fichier" }).click();
  await page.getByRole("heading", { name: /^1\. Les colonnes/ }).waitFor();
}

/** Words of its own, a row of totals, a note that names somebody, columns that are lacking. */
export const SPREADSHEET = `Promeneur;Date;Heure;Réseau;Thème;Type;Nb jeunes;Durée;Commentaire
PROMENEUR 1;12/09/2023;21h10;Insta;Santé, Mal-être;Écoute;1;20 min;Revoir Léa Martin
Promeneur 2;13/09/2023;20h;Snapchat;Sport;Informer;4;1h;Stand au lycée
TOTAL;;;;;;5;1h20;
`;
