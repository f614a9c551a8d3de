/**
 * Where Latchkey and the backend are. The server knows it from its environment and writes it into <html data-...>,
 * where the browser reads it: one build serves every environment.
 */
export const settings = typeof document === "undefined" ? fromEnvironment() : fromPage();

function fromEnvironment() {
  const latchkeyUrl = process.env.LATCHKEY_URL || "http://localhost:8080";
  const apiUrl = process.env.API_URL || `${latchkeyUrl}/api/users/{user_id}`;
  return { latchkeyUrl, apiUrl };
}

function fromPage(): ReturnType<typeof fromEnvironment> {
  const { latchkeyUrl = "", apiUrl = "" } = document.documentElement.dataset;
  return { latchkeyUrl, apiUrl };
}
