// The intended differences: case -> target -> the reason, and a part of the failure's message. A case that is listed here
// and passes fails the run, and so does one that fails in another way.
export const DIFFERENCES = {
  "GET /list-sessions lists the other sessions with their tokens": {
    latchkey: {
      because: "Tokens are stored as hashes: the other sessions have their ids in place of tokens, which end a session and authenticate nothing.",
      came: "tokens: due",
    },
  },
  "POST /change-password changes the password and opens no new session without revokeOtherSessions": {
    latchkey: {
      because: "The session that is kept gets a new token: who has stolen the old one is out.",
      came: "cookies: due []",
    },
  },
  "cookies are read by the first of a name": {
    latchkey: {
      because: "A sibling domain can plant a second cookie, before ours or behind it: none of two is used.",
      came: "came nothing",
    },
  },
  "POST /change-password keeps the other sessions without revokeOtherSessions": {
    latchkey: {
      because: "A password change signs out everybody who may have learnt the old password.",
      came: "came null",
    },
  },
  "POST /sign-up/email creates one user for several concurrent requests with one address": {
    latchkey: {
      because: "Check and insert are one step, so that the later requests get the error of a taken address.",
      came: "not all were late",
    },
  },
  "POST /sign-up/email takes a password of 8 UTF-16 units, and knows it again": {
    latchkey: {
      because: "Code points are counted, and this password has four.",
      came: "came 400",
    },
  },
  "POST /change-email changes the address by that link": {
    latchkey: {
      because: "Opening a link that was sent to an address verifies it.",
      came: "emailVerified: due false, came true",
    },
  },
  "cookie cache is accepted for a revoked session until it expires": {
    latchkey: {
      because: "A cached session does not outlive the session: revocations are known without the database.",
      came: "came null",
    },
  },
  "cookie cache lets a revoked session fetch a JWT until it expires": {
    latchkey: {
      because: "A cached session does not outlive the session: revocations are known without the database.",
      came: "came 401",
    },
  },
  "cookie cache lets a revoked session change the name until it expires": {
    latchkey: {
      because: "A cached session does not outlive the session: revocations are known without the database.",
      came: "came 401",
    },
  },
  "cookie cache lets a revoked session prolong itself by changing the name": {
    latchkey: {
      because: "A cached session does not outlive the session: revocations are known without the database.",
      came: "came null",
    },
  },
  "cookie cache has the session and the user, for as long as it says, signed by the secret": {
    latchkey: {
      because: "The copy names the version of the user's account, so that it ends with what revokes tokens.",
      came: '"tokenVersion"',
    },
  },
  "cookie cache is a JWT that the secret signs, where that is configured": {
    latchkey: {
      because: "The header has a type, so that no verifier takes the copy for a token.",
      came: '"typ":"latchkey-session+jwt"',
    },
  },
  "cookies have another name and are secure where the address is": {
    latchkey: {
      because: "A second cookie tells a known device; the suite looks at the first.",
      came: 'came "__Host-latchkey_device=',
    },
  },
  "cookies have the path /, last a week, and are HttpOnly": {
    latchkey: {
      because: "A second cookie tells a known device.",
      came: "number of cookies: due 1, came 2",
    },
  },
  "cookie cache as a JWT is of version 1": {
    latchkey: {
      because: "A session that another server cached under the same secret is no session of this one.",
      came: 'came "latchkey-1"',
    },
  },
  "cookie cache is cut where it is too long for a cookie": {
    latchkey: {
      because: "A session that is too large for one cookie is not cached, and the database is read.",
      came: 'due ["better-auth.session_data.0","better-auth.session_data.1"], came []',
    },
  },
  "GET /verify-email refuses when the user is gone": {
    latchkey: {
      because: "Links are deleted with their account, which hides whether there was one.",
      came: 'came {"message":"Invalid token","code":"INVALID_TOKEN"}',
    },
  },
};
