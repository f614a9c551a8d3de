// Where a target answers otherwise on purpose: case -> target -> why, in a sentence, and a part of what its failure
// says. A case that stands here and passes fails the run, and so does one that fails in another way.
export const DIFFERENCES = {
  "GET /list-sessions tells the tokens of the others, too": {
    latchkey: {
      because: "Tokens are stored as hashes: the others are called by their ids, which end a session and open none.",
      came: "tokens: due",
    },
  },
  "POST /change-password leaves the other sessions where it is not asked to end them": {
    latchkey: {
      because: "Whoever has learnt the old password is signed out in any case.",
      came: "came null",
    },
  },
  "POST /sign-up/email lets one of several at once have an address": {
    latchkey: {
      because: "Looking and writing are one step, so that whoever comes too late is told that the address is taken.",
      came: "not all were late",
    },
  },
  "POST /sign-up/email takes a password of 8 UTF-16 units, and knows it again": {
    latchkey: {
      because: "Characters are counted, of which those have four.",
      came: "came 400",
    },
  },
  "POST /change-email changes the address by that link": {
    latchkey: {
      because: "Whoever opens a link that was mailed to an address has proven it.",
      came: "emailVerified: due false, came true",
    },
  },
  "cookie cache lets a revoked session see itself for its time": {
    latchkey: {
      because: "A copy does not outlive its session: revocations are known without a look at the database.",
      came: "came null",
    },
  },
  "cookie cache lets a revoked session fetch a JWT for its time": {
    latchkey: {
      because: "A copy does not outlive its session: revocations are known without a look at the database.",
      came: "came 401",
    },
  },
  "cookie cache lets a revoked session change the name for its time": {
    latchkey: {
      because: "A copy does not outlive its session: revocations are known without a look at the database.",
      came: "came 401",
    },
  },
  "cookie cache lets a revoked session prolong itself by changing the name": {
    latchkey: {
      because: "A copy does not outlive its session: revocations are known without a look at the database.",
      came: "came null",
    },
  },
  "cookie cache as a JWT is of version 1": {
    latchkey: {
      because: "A copy that another server made under the same secret says nothing of a session here.",
      came: 'came "latchkey-1"',
    },
  },
  "cookie cache is cut where it is too long for a cookie": {
    latchkey: {
      because: "A copy that is too long for one cookie is not made, and the row is read.",
      came: 'due ["better-auth.session_data.0","better-auth.session_data.1"], came []',
    },
  },
  "GET /verify-email refuses when the user is gone": {
    latchkey: {
      because: "A link goes with its account, so that nobody learns whether there was one.",
      came: 'came {"message":"Invalid token","code":"INVALID_TOKEN"}',
    },
  },
};
