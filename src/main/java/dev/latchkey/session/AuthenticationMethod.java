package dev.latchkey.session;

/** The ways in which a user can sign in, as the claim {@code amr} names them (RFC 8176; {@code mail} is our own). */
public enum AuthenticationMethod {
    PASSWORD("pwd"),
    EMAIL_LINK("mail");

    private final String reference;

    AuthenticationMethod(String reference) {
        this.reference = reference;
    }

    String reference() {
        return reference;
    }
}
