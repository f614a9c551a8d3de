// Hands one mail of one line to a mail server on this machine, as the genuine server's callbacks do.
import { connect } from "node:net";

export async function sendMail(port, to, subject, line) {
  const socket = connect(port, "127.0.0.1").setEncoding("latin1");
  const answers = socket[Symbol.asyncIterator]();
  const mail = `From: <genuine@example.com>\r\nTo: <${to}>\r\nSubject: ${subject}\r\n\r\n${line}\r\n.`;
  try {
    for (const command of [
      "",
      "EHLO genuine",
      "MAIL FROM:<genuine@example.com>",
      `RCPT TO:<${to}>`,
      "DATA",
      mail,
      "QUIT",
    ]) {
      if (command) {
        socket.write(`${command}\r\n`);
      }
      const { value = "" } = await answers.next();
      if (!/^[23]/.test(value)) {
        throw new Error(`${command.slice(0, 40)}: ${value}`);
      }
    }
  } finally {
    socket.destroy();
  }
}
