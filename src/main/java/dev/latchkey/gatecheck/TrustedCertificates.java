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

    /** Trusts the certificate authorities that the Java platform trusts. */
    public static SSLSocketFactory platformDefault() {
        return (SSLSocketFactory) SSLSocketFactory.getDefault();
    }

    /** Trusts the certificates in a PEM file, and no others. */
    public static Parsed<SSLSocketFactory> parse(byte[] pem) {
        try {
            Collection<? extends Certificate> certificates =
                    CertificateFactory.getInstance("X.509").generateCertificates(new ByteArrayInputStream(pem));
            if (certificates.isEmpty()) {
                return new Parsed.Invalid<>("The file of --ca contains no certificates.");
            }
            KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
            trusted.load(null, null);
            for (Certificate certificate : certificates) {
                trusted.setCertificateEntry("certificate-" + trusted.size(), certificate);
            }
            TrustManagerFactory managers = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            managers.init(trusted);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, managers.getTrustManagers(), null);
            return new Parsed.Valid<>(context.getSocketFactory());
        } catch (CertificateException notCertificates) {
            return new Parsed.Invalid<>("The file of --ca contains something other than certificates in PEM form.");
        } catch (GeneralSecurityException | IOException impossible) {
            throw new IllegalStateException("every Java platform has TLS", impossible);
        }
    }
}
