// An authenticator of the browser's own (WebAuthn), in the place of a phone's finger or face.
import { expect, type CDPSession, type Page } from "@playwright/test";

/** A phone's own authenticator, whose person shows a finger each time; or, unlike them, does not. */
export class Authenticator {
  private constructor(
    readonly session: CDPSession,
    readonly id: string,
  ) {}

  /** `hasPrf` makes secrets of salts too, as phones do; Chromium's, once it has not verified, never does so again then. */
  static async on(page: Page, hasPrf = false): Promise<Authenticator> {
    const session = await page.context().newCDPSession(page);
    await session.send("WebAuthn.enable");
    const options = {
      protocol: "ctap2" as const,
      transport: "internal" as const,
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
      hasPrf,
    };
    const { authenticatorId } = await session.send("WebAuthn.addVirtualAuthenticator", { options });
    return new Authenticator(session, authenticatorId);
  }

  async verifies(isUserVerified: boolean): Promise<void> {
    await this.session.send("WebAuthn.setUserVerified", { authenticatorId: this.id, isUserVerified });
  }
}

/** Adds a passkey to one's access. */
export async function addPasskey(page: Page): Promise<void> {
  await page.goto("/acces");
  await page.getByRole("button", { name: "Ajouter une clé sur cet appareil" }).click();
  await expect(page.getByRole("status")).toContainText("La clé est ajoutée");
}
