package dev.latchkey.gatecheck;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.util.Collection;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManagerFactory;

/** The trusted certificates. There is no way to trust any certificate: the token would go to whatever server responds. */
public final class TrustedCertificates {

    private TrustedCertificates() {}

    /** As the Java platform does. */
    public static SSLSocketFactory platformDefault() {
        return (SSLSocketFactory) SSLSocketFactory.getDefault();
    }

    /** In these alone. */
    public static Parsed<SSLSocketFactory> parse(byte[] pem) {
        try {
            Collection<? extends Certificate> authorities =
                    CertificateFactory.getInstance("X.509").generateCertificates(new ByteArrayInputStream(pem));
            if (authorities.isEmpty()) {
                return new Parsed.Invalid<>("The file of certificates holds none.");
            }
            KeyStore believed = KeyStore.getInstance(KeyStore.getDefaultType());
            believed.load(null, null);
            for (Certificate authority : authorities) {
                believed.setCertificateEntry("authority-" + believed.size(), authority);
            }
            TrustManagerFactory managers = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            managers.init(believed);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, managers.getTrustManagers(), null);
            return new Parsed.Valid<>(context.getSocketFactory());
        } catch (CertificateException notCertificates) {
            return new Parsed.Invalid<>("The file of certificates holds something else; PEM is what can be read.");
        } catch (GeneralSecurityException | IOException impossible) {
            throw new IllegalStateException("every Java platform has TLS", impossible);
        }
    }
}
