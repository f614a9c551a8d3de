package dev.latchkey.mail;

import dev.latchkey.account.EmailAddress;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jboss.logging.Logger;

/** A conversation with a mail server (RFC 5321), on a thread that may wait. What a server says is bounded. */
final class SmtpConversation {

    private static final Logger LOG = Logger.getLogger(SmtpConversation.class);

    private static final int MOST_OF_A_LINE = 2_048;
    private static final int MOST_LINES = 100;

    /** What a server refuses for good with a code of 500 and more; trying passwords again and again locks accounts. */
    private static final Set<String> LASTING = Set.of("AUTH", "MAIL", "RCPT", "DATA", "the letter");

    private final Socket socket;
    private final InputStream in;
    private final OutputStream out;
    private final Map<String, List<String>> offers = new HashMap<>();

    /** A conversation on a socket that is connected and waits for an answer only so long. */
    SmtpConversation(Socket socket) throws IOException {
        this.socket = socket;
        this.in = new BufferedInputStream(socket.getInputStream());
        this.out = socket.getOutputStream();
    }

    void beGreeted() throws IOException {
        expect("greeting", 220);
    }

    /** Says who is here, and hears what the server can do. */
    void introduce() throws IOException {
        send("EHLO " + literal(socket.getLocalAddress()));
        Reply reply = expect("EHLO", 250);
        offers.clear();
        for (String line : reply.lines().subList(1, reply.lines().size())) {
            List<String> words = Arrays.stream(
                            line.strip().toUpperCase(Locale.ROOT).split("\\s+"))
                    .toList();
            offers.put(words.getFirst(), words.subList(1, words.size()));
        }
    }

    /**
     * Agrees to go on in TLS, which is up to the caller, with another conversation.
     *
     * <p>Security: a server that does not offer it, or somebody in between who took the offer out, hears nothing more. Nor
     * does what somebody has put behind the answer count as said in TLS.
     */
    void agreeOnTls() throws IOException {
        if (!offers.containsKey("STARTTLS")) {
            throw new MailServerException("the mail server offers no STARTTLS");
        }
        send("STARTTLS");
        expect("STARTTLS", 220);
        if (in.available() > 0) {
            throw new MailServerException("the mail server went on in clear text after STARTTLS");
        }
    }

    void signIn(String username, String password) throws IOException {
        List<String> ways = offers.getOrDefault("AUTH", List.of());
        if (ways.contains("PLAIN")) {
            send("AUTH PLAIN " + base64("\0" + username + "\0" + password));
        } else if (ways.contains("LOGIN")) {
            send("AUTH LOGIN");
            expect("AUTH", 334);
            send(base64(username));
            expect("AUTH", 334);
            send(base64(password));
        } else {
            throw new MailServerException("the mail server takes no password (neither AUTH PLAIN nor LOGIN)");
        }
        expect("AUTH", 235);
    }

    void handOver(EmailAddress from, EmailAddress to, byte[] message) throws IOException {
        boolean international = !isAscii(from.canonical()) || !isAscii(to.canonical());
        if (international && !offers.containsKey("SMTPUTF8")) {
            throw new MailRejectedException("an address beyond ASCII, and no SMTPUTF8");
        }
        send("MAIL FROM:<" + from.canonical() + ">" + (international ? " SMTPUTF8" : ""));
        expect("MAIL", 250);
        send("RCPT TO:<" + to.canonical() + ">");
        expect("RCPT", 250, 251);
        send("DATA");
        expect("DATA", 354);
        out.write(message);
        send(".");
        expect("the letter", 250);
    }

    /** Takes leave, which a server may hear or not: the letter is its own by now. */
    void leave() {
        try {
            send("QUIT");
            read("QUIT");
        } catch (IOException gone) {
            LOG.debug("the mail server hung up first", gone);
        }
    }

    /** Security: a line break would be a command of its own. */
    private void send(String line) throws IOException {
        if (line.indexOf('\r') >= 0 || line.indexOf('\n') >= 0) {
            throw new IllegalArgumentException("A command has one line");
        }
        out.write((line + "\r\n").getBytes(StandardCharsets.UTF_8));
        out.flush();
    }

    private Reply expect(String what, int... codes) throws IOException {
        Reply reply = read(what);
        if (Arrays.stream(codes).anyMatch(code -> code == reply.code())) {
            return reply;
        }
        String words = what + " was answered " + reply.status();
        boolean forGood = reply.code() >= 500 && LASTING.contains(what);
        throw forGood ? new MailRejectedException(words) : new MailServerException(words);
    }

    private Reply read(String what) throws IOException {
        List<String> lines = new ArrayList<>();
        while (lines.size() < MOST_LINES) {
            String line = line(what);
            if (!line.matches("[2-5]\\d\\d(?:[ -].*)?")) {
                throw new MailServerException(what + " was answered by no mail server");
            }
            lines.add(line.length() > 4 ? line.substring(4) : "");
            if (line.length() == 3 || line.charAt(3) == ' ') {
                return new Reply(Integer.parseInt(line.substring(0, 3)), lines);
            }
        }
        throw new MailServerException(what + " was answered without end");
    }

    private String line(String what) throws IOException {
        byte[] bytes = new byte[MOST_OF_A_LINE];
        int length = 0;
        while (length < bytes.length) {
            int octet = octet(what);
            if (octet == '\n') {
                // Security: what is beyond ASCII is nobody's business here.
                return new String(bytes, 0, length, StandardCharsets.US_ASCII).stripTrailing();
            }
            bytes[length++] = (byte) octet;
        }
        throw new MailServerException(what + " was answered without end");
    }

    private int octet(String what) throws IOException {
        try {
            int octet = in.read();
            if (octet < 0) {
                throw new MailServerException("the mail server hung up at " + what);
            }
            return octet;
        } catch (SocketTimeoutException e) {
            throw new MailServerException("the mail server did not answer to " + what);
        }
    }

    private static String literal(InetAddress address) {
        String text = address.getHostAddress();
        return address instanceof Inet6Address ? "[IPv6:" + text.replaceFirst("%.*", "") + "]" : "[" + text + "]";
    }

    private static boolean isAscii(String text) {
        return text.chars().allMatch(letter -> letter < 0x80);
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    /** What the server said. */
    private record Reply(int code, List<String> lines) {

        /**
         * The code, and the enhanced one (RFC 3463) if it begins the text.
         *
         * <p>Security: not the text, which likes to repeat the address.
         */
        String status() {
            String text = lines.getLast();
            return text.matches("[245]\\.\\d{1,3}\\.\\d{1,3}(?:\\s.*)?")
                    ? code + " " + text.split("\\s", 2)[0]
                    : "" + code;
        }
    }
}
