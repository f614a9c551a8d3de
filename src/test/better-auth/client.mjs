// The official client. The first argument is the server's address, the second the origin of the page, each other one a
// call, as JSON: {"path": "signIn.email", "body": {...}, "cookie": "..."}. Each answer is a line: {"data", "error",
// "cookies"}, the cookies as they are sent back.
import { createAuthClient } from "better-auth/client";

const [baseURL, origin, ...calls] = process.argv.slice(2);

for (const call of calls) {
  const { path, body, cookie } = JSON.parse(call);
  let cookies = "";
  const client = createAuthClient({
    baseURL,
    fetchOptions: {
      // What a browser adds by itself.
      headers: { origin, ...(cookie && { cookie }) },
      onResponse: ({ response }) => {
        cookies = response.headers.getSetCookie().map((set) => set.split(";")[0]).join("; ");
      },
    },
  });
  const { data, error } = await path.split(".").reduce((at, name) => at[name], client)(body);
  console.log(JSON.stringify({ data, error, cookies }));
}
