package dev.latchkey.mail;

import dev.latchkey.mail.MailConfig.Security;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;

/**
 * One session with the mail server, up to where an e-mail would begin: greeting, EHLO, TLS, AUTH, NOOP, QUIT.
 *
 * <p>Written by hand, since the mail client that delivers ({@link SmtpTransport}) can do this only as part of sending. It
 * requires the same: TLS before anything else, a certificate of that name, and AUTH PLAIN or LOGIN.
 */
final class SmtpHandshake implements AutoCloseable {

    private static final int MAX_LINE = 4096;
    private static final int MAX_LINES = 100;

    private final MailConfig config;
    private final String host;
    private final long end;
    private Socket socket = new Socket(Proxy.NO_PROXY);
    private Set<String> offers = Set.of();

    /** @param timeout for the whole session */
    SmtpHandshake(MailConfig config, Duration timeout) {
        this.config = config;
        this.host = config.host().orElseThrow();
        this.end = System.nanoTime() + timeout.toNanos();
    }

    /** A server that does not do what a delivery needs. Holds nothing of what it said but the codes. */
    static final class HandshakeException extends Exception {

        private static final long serialVersionUID = 1L;

        private final String remedy;

        HandshakeException(String message, String remedy) {
            super(message);
            this.remedy = remedy;
        }

        String remedy() {
            return remedy;
        }
    }

    /** Connects, and secures the connection as the settings require; returns how, in words. */
    String connect(String ownName) throws HandshakeException {
        try {
            socket.connect(new InetSocketAddress(host, config.port()), millisLeft());
            if (config.security() == Security.TLS) {
                secure();
            }
            expect(220, read(), "the greeting", "let LATCHKEY_MAIL_PORT be the port for submission");
            hello(ownName);
            if (config.security() == Security.STARTTLS) {
                startTls();
                // Security: what was offered in clear text is not used.
                hello(ownName);
            }
            return socket instanceof SSLSocket tls
                    ? tls.getSession().getProtocol() + ", certificate verified"
                    : "in clear text";
        } catch (UnknownHostException unknown) {
            throw new HandshakeException("its name is not known", "check LATCHKEY_MAIL_HOST and the name server");
        } catch (SocketTimeoutException slow) {
            throw new HandshakeException(
                    "it does not respond in time",
                    "check LATCHKEY_MAIL_PORT and LATCHKEY_MAIL_SECURITY (TLS from the first byte is usually on 465), and that"
                            + " the network lets this machine reach it");
        } catch (SSLException noTls) {
            throw new HandshakeException(
                    "no TLS with a certificate that is trusted for this name",
                    "check LATCHKEY_MAIL_HOST, LATCHKEY_MAIL_SECURITY and, for a certificate authority of your own,"
                            + " LATCHKEY_MAIL_TRUST_FILE");
        } catch (GeneralSecurityException unusable) {
            throw new HandshakeException("its certificates cannot be verified", "check LATCHKEY_MAIL_TRUST_FILE");
        } catch (IOException lost) {
            throw new HandshakeException(
                    "it cannot be connected to, or closed the connection",
                    "check LATCHKEY_MAIL_HOST and LATCHKEY_MAIL_PORT, and that the network lets this machine reach it");
        }
    }

    /** Authenticates as a delivery would. */
    void authenticate(String username, String password) throws HandshakeException {
        String remedy = "check LATCHKEY_MAIL_USERNAME and LATCHKEY_MAIL_PASSWORD";
        try {
            if (offers.contains("AUTH PLAIN")) {
                send("AUTH PLAIN " + base64("\0" + username + "\0" + password));
            } else if (offers.contains("AUTH LOGIN")) {
                send("AUTH LOGIN");
                expect(334, read(), "AUTH LOGIN", remedy);
                send(base64(username));
                expect(334, read(), "the user name", remedy);
                send(base64(password));
            } else {
                throw new HandshakeException(
                        "it offers neither AUTH PLAIN nor AUTH LOGIN",
                        "switch one of them on there, or leave LATCHKEY_MAIL_USERNAME out if it needs none");
            }
            expect(235, read(), "the user name or the password", remedy);
        } catch (IOException lost) {
            throw new HandshakeException("it closed the connection, or did not respond, at authentication", remedy);
        }
    }

    /** Ends the session in peace. */
    void quit() throws HandshakeException {
        try {
            send("NOOP");
            expect(250, read(), "NOOP", "look into the mail server's log");
            send("QUIT");
            read();
        } catch (IOException alreadyClosed) {
            // Some close without a response to QUIT; nothing is lost by it.
        }
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException ignored) {
            // It is closed.
        }
    }

    private void hello(String ownName) throws IOException, HandshakeException {
        send("EHLO " + ownName);
        List<String> lines = read();
        expect(250, lines, "EHLO", "use a mail server that speaks ESMTP");
        Set<String> found = new HashSet<>();
        for (String line : lines.subList(1, lines.size())) {
            String[] words = line.substring(Math.min(4, line.length()))
                    .toUpperCase(Locale.ROOT)
                    .split(" ");
            found.add(words[0]);
            for (String mechanism : words) {
                found.add(words[0] + " " + mechanism);
            }
        }
        offers = found;
    }

    private void startTls() throws IOException, GeneralSecurityException, HandshakeException {
        String remedy =
                "switch STARTTLS on there; set LATCHKEY_MAIL_SECURITY=tls if the port is TLS from the first byte";
        if (!offers.contains("STARTTLS")) {
            throw new HandshakeException("it does not offer STARTTLS, or someone in between hides it", remedy);
        }
        send("STARTTLS");
        expect(220, read(), "STARTTLS", remedy);
        if (socket.getInputStream().available() > 0) {
            // Security: what came in clear text must not be taken for a response inside of TLS.
            throw new HandshakeException(
                    "something in clear text follows the response to STARTTLS", "look for who is in between");
        }
        secure();
    }

    private void secure() throws IOException, GeneralSecurityException {
        SSLSocket tls = (SSLSocket) context().getSocketFactory().createSocket(socket, host, config.port(), true);
        SSLParameters parameters = tls.getSSLParameters();
        // Security: without this a certificate for any name would do.
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        parameters.setProtocols(new String[] {"TLSv1.3", "TLSv1.2"});
        tls.setSSLParameters(parameters);
        tls.setSoTimeout(millisLeft());
        tls.startHandshake();
        socket = tls;
    }

    private SSLContext context() throws IOException, GeneralSecurityException {
        if (config.trustFile().isEmpty()) {
            return SSLContext.getDefault();
        }
        KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
        trusted.load(null, null);
        Path file = config.trustFile().get();
        try (InputStream stream = Files.newInputStream(file)) {
            int number = 0;
            for (Certificate certificate :
                    CertificateFactory.getInstance("X.509").generateCertificates(stream)) {
                trusted.setCertificateEntry("trusted-" + number++, certificate);
            }
        }
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(trusted);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), null);
        return context;
    }

    private void send(String line) throws IOException {
        socket.getOutputStream().write((line + "\r\n").getBytes(StandardCharsets.UTF_8));
        socket.getOutputStream().flush();
    }

    /** Reads a reply, byte by byte: a buffer could hold what an attacker wrote before TLS began. */
    private List<String> read() throws IOException, HandshakeException {
        List<String> lines = new ArrayList<>();
        String line;
        do {
            line = readLine();
            if (!line.matches("\\d{3}([ -].*)?") || lines.size() == MAX_LINES) {
                throw new HandshakeException(
                        "it does not speak SMTP",
                        "check LATCHKEY_MAIL_HOST, LATCHKEY_MAIL_PORT and LATCHKEY_MAIL_SECURITY");
            }
            lines.add(line);
        } while (line.length() > 3 && line.charAt(3) == '-');
        return lines;
    }

    private String readLine() throws IOException {
        StringBuilder line = new StringBuilder();
        InputStream stream = socket.getInputStream();
        while (line.length() < MAX_LINE) {
            socket.setSoTimeout(millisLeft());
            int octet = stream.read();
            if (octet < 0) {
                throw new IOException("closed");
            }
            if (octet == '\n') {
                return line.toString().stripTrailing();
            }
            line.append((char) octet);
        }
        return line.toString();
    }

    private static void expect(int code, List<String> reply, String to, String remedy) throws HandshakeException {
        String actual = reply.getLast().substring(0, 3);
        if (!actual.equals(Integer.toString(code))) {
            throw new HandshakeException("it refuses " + to + " (" + actual + ")", remedy);
        }
    }

    /** Returns the time that is left, bounded by what the settings give to one response. */
    private int millisLeft() throws SocketTimeoutException {
        long left = Duration.ofNanos(end - System.nanoTime()).toMillis();
        if (left <= 0) {
            throw new SocketTimeoutException("the session took too long");
        }
        return (int) Math.clamp(left, 1, Math.max(1, config.timeout().toMillis()));
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }
}
