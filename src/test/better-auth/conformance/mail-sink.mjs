// Takes in whatever mail it is sent on a port of this machine, and knows the links that stood in it.
import { createServer } from "node:net";

const TIMEOUT = 20_000;

export async function mailSink(port = 0) {
  const mails = [];
  const server = createServer((socket) => receive(socket, (mail) => mails.push(mail)));
  await new Promise((resolve, reject) => server.once("error", reject).listen(port, "127.0.0.1", resolve));
  server.unref();
  return {
    port: server.address().port,
    close: () => server.close(),
    /** How many mails have come to this address. */
    countTo: (address) => mails.filter((mail) => mail.to.includes(address)).length,
    /** The next link of such a path in the mails to this address; each is told once. */
    async linkTo(address, path = "/api/auth/") {
      for (const end = Date.now() + TIMEOUT; ; await pause(20)) {
        for (const mail of mails.filter((mail) => mail.to.includes(address) && !mail.taken)) {
          const link = mail.links.find((link) => new URL(link).pathname.includes(path));
          if (link) {
            mail.taken = true;
            return new URL(link);
          }
        }
        if (Date.now() > end) {
          throw new Error(`no mail to ${address} with a link to ${path} within ${TIMEOUT / 1000} s`);
        }
      }
    },
  };
}

function receive(socket, delivered) {
  let rest = "";
  let envelope = { to: [] };
  let lines = null;
  const say = (line) => socket.write(`${line}\r\n`);
  socket.setEncoding("latin1").on("error", () => socket.destroy());
  socket.on("data", (chunk) => {
    rest += chunk;
    for (let end; (end = rest.indexOf("\r\n")) >= 0;) {
      const line = rest.slice(0, end);
      rest = rest.slice(end + 2);
      if (lines === null) {
        command(line);
      } else if (line === ".") {
        delivered({ to: envelope.to, links: linksIn(lines) });
        envelope = { to: [] };
        lines = null;
        say("250 taken");
      } else {
        lines.push(line.startsWith(".") ? line.slice(1) : line);
      }
    }
  });
  say("220 mail sink");

  function command(line) {
    const word = line.split(/[ :]/)[0].toUpperCase();
    if (word === "RCPT") {
      envelope.to.push(/<([^>]*)>/.exec(line)?.[1].toLowerCase());
    } else if (word === "RSET" || word === "MAIL") {
      envelope = { to: [] };
    } else if (word === "DATA") {
      lines = [];
      return say("354 go on");
    } else if (word === "QUIT") {
      say("221 bye");
      return socket.end();
    }
    return say(["EHLO", "HELO", "MAIL", "RCPT", "RSET", "NOOP"].includes(word) ? "250 fine" : "502 not here");
  }
}

// Each part of a mail says how it is encoded; what is no header of a part is its text.
function linksIn(lines) {
  const texts = [];
  let [encoding, inHeaders, text] = ["", true, []];
  const boundaries = lines.flatMap((line) => /boundary="?([^";]+)"?/i.exec(line)?.[1] ?? []);
  for (const line of [...lines, null]) {
    if (line === null || boundaries.some((boundary) => line.startsWith(`--${boundary}`))) {
      texts.push(decoded(text, encoding));
      [encoding, inHeaders, text] = ["", true, []];
    } else if (inHeaders) {
      encoding = /^content-transfer-encoding:\s*(\S+)/i.exec(line)?.[1].toLowerCase() ?? encoding;
      inHeaders = line !== "";
    } else {
      text.push(line);
    }
  }
  return texts
    .flatMap((text) => text.match(/https?:\/\/[^\s"'<>]+/g) ?? [])
    .map((link) => link.replaceAll("&amp;", "&").replaceAll("&#38;", "&").replaceAll("&#61;", "="));
}

function decoded(lines, encoding) {
  if (encoding === "base64") {
    return Buffer.from(lines.join(""), "base64").toString("utf8");
  }
  if (encoding === "quoted-printable") {
    const text = lines
      .map((line) => line.trimEnd())
      .join("\n")
      .replace(/=\n/g, "");
    const bytes = text.replace(/=([0-9A-F]{2})/gi, (_, hex) => String.fromCharCode(parseInt(hex, 16)));
    return Buffer.from(bytes, "latin1").toString("utf8");
  }
  return lines.join("\n");
}

const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));
