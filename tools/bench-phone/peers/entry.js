// What both peers note: about as many bytes as an intervention of ours.
export const NETWORKS = ["Instagram", "Snapchat", "Discord", "TikTok"];
export const THEMES = ["Mal-être", "Scolarité", "Relations", "Projets", "Santé", "Numérique"];

export const fresh = (fields) => ({
  id: crypto.randomUUID(),
  at: new Date().toISOString(),
  type: "contact",
  channel: "message",
  initiative: "young",
  ages: { under_15: 0, from_15_to_17: 1, from_18: 0 },
  minutes: 10,
  outcome: "none",
  state: "pending",
  ...fields,
});
