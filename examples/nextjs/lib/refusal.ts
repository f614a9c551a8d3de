/** What the client says when Latchkey refuses. */
export type ClientError = { status: number; code?: string | undefined; message?: string | undefined };

/** What a person reads, and the field of the form that it is about. */
export type Refusal = { text: string; field?: string };

/** For functions that have another result than the client's { data, error }. */
export class Refused extends Error {
  constructor(readonly error: ClientError) {
    super(error.message);
  }
}

const WORDS: Record<string, Refusal> = {
  INVALID_EMAIL_OR_PASSWORD: { text: "This address and password do not belong together.", field: "password" },
  USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL: {
    text: "There is an account with this address already. Sign in, or take another address.",
    field: "email",
  },
  INVALID_EMAIL: { text: "That does not look like an email address.", field: "email" },
  EMAIL_NOT_VERIFIED: { text: "First open the link in the mail that we sent to this address.", field: "email" },
  INVALID_PASSWORD: { text: "That is not your current password.", field: "currentPassword" },
  PASSWORD_TOO_SHORT: { text: "That password is too short. Take three or four words.", field: "newPassword" },
  PASSWORD_TOO_LONG: { text: "That password is too long.", field: "newPassword" },
  PASSWORD_COMPROMISED: {
    text: "That password is too common, or too close to your address. Take three or four words.",
    field: "newPassword",
  },
  SESSION_NOT_FRESH: { text: "You signed in a while ago. For this, sign out and in again." },
  INVALID_ORIGIN: { text: "Latchkey does not trust this app: its address is missing in LATCHKEY_TRUSTED_ORIGINS." },
};

/** Words for whatever went wrong: a refusal, or an answer that never came. */
export function refusalOf(problem: unknown): Refusal {
  if (problem instanceof Refused) return refusalOf(problem.error);
  const { status, code, message } = problem as Partial<ClientError>;
  if (!status) return { text: "No response. Check your connection and try again." };
  if (status === 429) return { text: "Too many attempts. Wait a little and try again." };
  if (status === 401 && code === "UNAUTHORIZED") return { text: "You are signed out. Sign in again." };
  return WORDS[code ?? ""] ?? { text: message || "That did not work. Try again in a moment." };
}
