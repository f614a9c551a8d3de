package dev.latchkey.mail;

import dev.latchkey.account.EmailAddress;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.util.Collection;
import java.util.Optional;

/** Reads what the settings of mail mean. */
public final class MailSettings {

    private MailSettings() {}

    /** The address that letters come from, if there is one and it is one. */
    public static Optional<EmailAddress> from(MailConfig config) {
        return config.from()
                .flatMap(text -> EmailAddress.parse(text) instanceof EmailAddress.Parsed.Valid valid
                        ? Optional.of(valid.address())
                        : Optional.empty());
    }

    /**
     * The certificates that the mail server's must lead to.
     *
     * @throws IOException if the file cannot be read
     * @throws CertificateException if it holds no certificate
     */
    public static Collection<? extends Certificate> trusted(Path file) throws IOException, CertificateException {
        try (InputStream in = Files.newInputStream(file)) {
            Collection<? extends Certificate> found =
                    CertificateFactory.getInstance("X.509").generateCertificates(in);
            if (found.isEmpty()) {
                throw new CertificateException("no certificate");
            }
            return found;
        }
    }

    /**
     * The password for the mail server, from wherever it is.
     *
     * @throws UncheckedIOException if its file cannot be read
     */
    public static Optional<String> password(MailConfig config) {
        return config.password()
                .or(() -> config.passwordFile().map(file -> {
                    try {
                        // Editors and "echo" end a file with a line break that nobody means.
                        return Files.readString(file).strip();
                    } catch (IOException unreadable) {
                        throw new UncheckedIOException(unreadable);
                    }
                }));
    }
}
