package dev.latchkey.mail;

import dev.latchkey.account.EmailAddress;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.NoRouteToHostException;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.security.cert.Certificate;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManagerFactory;

/** Hands letters over to the configured mail server, over a connection for each. */
final class SmtpMailTransport implements MailTransport {

    private final MailConfig config;
    private final String host;
    private final Clock clock;
    private final SecureRandom random = new SecureRandom();

    SmtpMailTransport(MailConfig config, Clock clock) {
        this.config = config;
        this.host = config.host().orElseThrow();
        this.clock = clock;
    }

    @Override
    public void deliver(OutgoingEmail letter) throws IOException {
        try (Socket socket = new Socket()) {
            // A write, a handshake or a server that says a letter a second: no timeout of the socket's reaches these.
            CompletableFuture.delayedExecutor(config.patience().toMillis(), TimeUnit.MILLISECONDS)
                    .execute(() -> close(socket));
            talk(connected(socket), letter);
        } catch (SocketTimeoutException e) {
            throw new MailServerException("the mail server does not answer");
        } catch (UnknownHostException e) {
            throw new MailServerException("the mail server's name is not known");
        } catch (SSLException e) {
            throw new MailServerException("no TLS with the mail server: " + e.getMessage());
        } catch (ConnectException | NoRouteToHostException e) {
            throw new MailServerException("the mail server cannot be connected to");
        } catch (SocketException e) {
            throw new MailServerException("the connection to the mail server broke, or took too long");
        }
    }

    private Socket connected(Socket socket) throws IOException {
        socket.connect(new InetSocketAddress(host, config.port()), milliseconds(config.timeout()));
        socket.setSoTimeout(milliseconds(config.timeout()));
        return socket;
    }

    private void talk(Socket plain, OutgoingEmail letter) throws IOException {
        switch (config.security()) {
            case NONE -> {
                SmtpConversation conversation = new SmtpConversation(plain);
                conversation.beGreeted();
                finish(conversation, letter);
            }
            case TLS -> {
                SmtpConversation conversation = new SmtpConversation(secured(plain));
                conversation.beGreeted();
                finish(conversation, letter);
            }
            case STARTTLS -> {
                SmtpConversation beginning = new SmtpConversation(plain);
                beginning.beGreeted();
                beginning.introduce();
                beginning.agreeOnTls();
                // Security: what was offered in clear text is forgotten.
                finish(new SmtpConversation(secured(plain)), letter);
            }
        }
    }

    private void finish(SmtpConversation conversation, OutgoingEmail letter) throws IOException {
        conversation.introduce();
        // Read each time: a password that was changed counts from the next letter on.
        Optional<String> password = MailSettings.password(config);
        if (config.username().isPresent() && password.isPresent()) {
            conversation.signIn(config.username().get(), password.get());
        }
        EmailAddress from = MailSettings.from(config)
                .orElseThrow(() -> new IllegalArgumentException("LATCHKEY_MAIL_FROM is no e-mail address"));
        conversation.handOver(
                from,
                letter.to(),
                MimeMessage.bytes(
                        letter, from, config.fromName(), clock.instant().atZone(clock.getZone()), random));
        conversation.leave();
    }

    private SSLSocket secured(Socket plain) throws IOException {
        SSLSocket socket = (SSLSocket) tls(config.trustFile()).createSocket(plain, host, config.port(), true);
        SSLParameters parameters = socket.getSSLParameters();
        // Security: without it any certificate that somebody holds for any name would do.
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        parameters.setProtocols(new String[] {"TLSv1.3", "TLSv1.2"});
        socket.setSSLParameters(parameters);
        socket.startHandshake();
        return socket;
    }

    private static SSLSocketFactory tls(Optional<Path> trusted) {
        if (trusted.isEmpty()) {
            return (SSLSocketFactory) SSLSocketFactory.getDefault();
        }
        try {
            KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
            store.load(null, null);
            int number = 0;
            for (Certificate certificate : MailSettings.trusted(trusted.get())) {
                store.setCertificateEntry("trusted-" + number++, certificate);
            }
            TrustManagerFactory managers = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            managers.init(store);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, managers.getTrustManagers(), null);
            return context.getSocketFactory();
        } catch (IOException | GeneralSecurityException e) {
            throw new IllegalArgumentException("LATCHKEY_MAIL_TRUST_FILE holds no certificates in PEM form", e);
        }
    }

    private static int milliseconds(Duration duration) {
        return Math.clamp(duration.toMillis(), 1, Integer.MAX_VALUE);
    }

    private static void close(Socket socket) {
        try {
            socket.close();
        } catch (IOException gone) {
            // Nothing is left to be closed.
        }
    }
}
