package dev.latchkey.token;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.latchkey.key.Algorithm;
import dev.latchkey.key.KeyId;
import dev.latchkey.key.SigningKeys.SigningKey;
import dev.latchkey.key.SigningKeys.VerificationKey;
import dev.latchkey.token.VerificationResult.Reason;
import dev.latchkey.token.VerificationResult.Refused;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import javax.crypto.spec.SecretKeySpec;
import org.jose4j.jwk.PublicJsonWebKey;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The examples of the standards, through the real verifier. Their payloads are no claims of anybody's tokens, so what is
 * asked is whether the verifier finds that the example's key signed them.
 */
class RfcExamplesTest {

    private static final Set<Algorithm> PUBLISHED = EnumSet.complementOf(EnumSet.of(Algorithm.HS256));

    /** The payload of RFC 7515, appendices A.1 to A.3, A.5 and A.6. */
    private static final String JOE =
            "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ";

    /** RFC 7515 appendix A.1.1. */
    private static final String A1_SECRET =
            "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow";

    private static final String A1 =
            "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9." + JOE + ".dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";

    /** RFC 7515 appendix A.2.1. */
    private static final String A2_KEY = """
            {"kty":"RSA","e":"AQAB","n":"\
            ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZ\
            S-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2\
            R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcD\
            TW9gb54h4FRWyuXpoQ"}""";

    private static final String A2_HEADER = "eyJhbGciOiJSUzI1NiJ9";
    private static final String A2_SIGNATURE = "cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4"
            + "Bh-0Qc_lF5YKt_O8W2Fp5jujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkS"
            + "jtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUip"
            + "UTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw";

    /** RFC 7515 appendix A.3.1. */
    private static final String A3_KEY = """
            {"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",\
            "y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}""";

    private static final String A3_HEADER = "eyJhbGciOiJFUzI1NiJ9";
    private static final String A3_SIGNATURE =
            "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q";

    /** RFC 7515 appendix A.4. */
    private static final String A4_KEY = """
            {"kty":"EC","crv":"P-521",\
            "x":"AekpBQ8ST8a8VcfVOTNl353vSrDCLLJXmPk06wTjxrrjcBpXp5EOnYG_NjFZ6OvLFV1jSfS9tsz4qUxcWceqwQGk",\
            "y":"ADSmRA43Z1DSNx_RvcLI87cdL07l6jQyyBXMoxVg_l2Th-x3S1WDhjDly79ajL4Kkd0AZMaZmh9ubmf63e3kyMj2"}""";

    private static final String A4 =
            "eyJhbGciOiJFUzUxMiJ9.UGF5bG9hZA.AdwMgeerwtHoh-l192l60hp9wAHZFVJbLfD_UxMi70cwnZOYaRI"
                    + "1bKPWROc-mZZqwqT2SI-KGDKB34XO0aw_7XdtAG8GaSwFKdCAPZgoXD2YBJZCPEX3xKpRwcdOO8KpEHwJjyqOgzDO7iKvU8vcnwNrmxYb"
                    + "SW9ERBXukOXolLzeO_Jn";

    /** RFC 7520 sections 3.3 and 4. */
    private static final String BILBO = "bilbo.baggins@hobbiton.example";

    private static final String BILBO_KEY = """
            {"kty":"RSA","kid":"bilbo.baggins@hobbiton.example","use":"sig","e":"AQAB","n":"\
            n4EPtAOCc9AlkeQHPzHStgAbgs7bTZLwUBZdR8_KuKPEHLd4rHVTeT-O-XV2jRojdNhxJWTDvNd7nqQ0VEiZQHz_AJmSCpMaJMRBSFKrKb2w\
            qVwGU_NsYOYL-QtiWN2lbzcEe6XC0dApr5ydQLrHqkHHig3RBordaZ6Aj-oBHqFEHYpPe7Tpe-OfVfHd1E6cS6M1FZcD1NNLYD5lFHpPI9bT\
            wJlsde3uhGqC0ZCuEHg8lhzwOHrtIQbS0FVbb9k3-tVTU4fg_3L_vniUFAKwuCLqKnS2BYwdq_mzSnbLY7h_qixoR7jig3__kRhuaxwUkRz5\
            iaiQkqgc5gHdrNP5zw"}""";

    /** RFC 7520 section 3.5. */
    private static final String HOBBIT = "018c0ae5-4d9b-471b-bfd6-eef314bc7037";

    private static final String HOBBIT_SECRET = "hJtXIZ2uSN5kbQfbtTNWbpdmhkV8FJG-Onbc6mxCcYg";

    private static final String FRODO = "SXTigJlzIGEgZGFuZ2Vyb3VzIGJ1c2luZXNzLCBGcm9kbywgZ29pbmcgb3V0IHlvdXIgZG9vci4gW"
            + "W91IHN0ZXAgb250byB0aGUgcm9hZCwgYW5kIGlmIHlvdSBkb24ndCBrZWVwIHlvdXIgZmVldCwgdGhlcmXigJlzIG5vIGtub3dpbmcgd2"
            + "hlcmUgeW91IG1pZ2h0IGJlIHN3ZXB0IG9mZiB0by4";

    private static final String BILBO_RS256 =
            "eyJhbGciOiJSUzI1NiIsImtpZCI6ImJpbGJvLmJhZ2dpbnNAaG9iYml0b24uZXhhbXBsZSJ9." + FRODO
                    + ".MRjdkly7_-oTPTS3AXP41iQIGKa80A0ZmTuV5MEaHoxnW2e5CZ5NlKtainoFmKZopdHM1O2U4mwzJdQx996ivp83xuglII7P"
                    + "NDi84wnB-BDkoBwA78185hX-Es4JIwmDLJK3lfWRa-XtL0RnltuYv746iYTh_qHRD68BNt1uSNCrUCTJDt5aAE6x8wW1Kt9eRo4"
                    + "QPocSadnHXFxnt8Is9UzpERV0ePPQdLuW3IS_de3xyIrDaLGdjluPxUAhb6L2aXic1U12podGU0KLUQSE_oI-ZnmKJ3F4uOZDnd"
                    + "6QZWJushZ41Axf_fcIe8u9ipH84ogoree7vjbU5y18kDquDg";

    private static final String BILBO_PS384 =
            "eyJhbGciOiJQUzM4NCIsImtpZCI6ImJpbGJvLmJhZ2dpbnNAaG9iYml0b24uZXhhbXBsZSJ9." + FRODO
                    + ".cu22eBqkYDKgIlTpzDXGvaFfz6WGoz7fUDcfT0kkOy42miAh2qyBzk1xEsnk2IpN6-tPid6VrklHkqsGqDqHCdP6O8TTB5dD"
                    + "DItllVo6_1OLPpcbUrhiUSMxbbXUvdvWXzg-UD8biiReQFlfz28zGWVsdiNAUf8ZnyPEgVFn442ZdNqiVJRmBqrYRXe8P_ijQ7p"
                    + "8Vdz0TTrxUeT3lm8d9shnr2lfJT8ImUjvAA2Xez2Mlp8cBE5awDzT0qI0n6uiP1aCN_2_jLAeQTlqRHtfa64QQSUmFAAjVKPbBy"
                    + "i7xho0uTOcbH510a6GYmJUAfmWjwZ6oD4ifKo8DYM-X72Eaw";

    private static final String BILBO_ES512 =
            "eyJhbGciOiJFUzUxMiIsImtpZCI6ImJpbGJvLmJhZ2dpbnNAaG9iYml0b24uZXhhbXBsZSJ9." + FRODO
                    + ".AE_R_YZCChjn4791jSQCrdPZCNYqHXCTZH0-JZGYNlaAjP2kqaluUIIUnC9qvbu9Plon7KRTzoNEuT4Va2cmL1eJAQy3mtPB"
                    + "u_u_sDDyYjnAMDxXPn7XrT0lw-kvAD890jl8e2puQens_IEKBpHABlsbEPX6sFY8OcGDqoRuBomu9xQ2";

    private static final String HOBBIT_HEADER =
            "eyJhbGciOiJIUzI1NiIsImtpZCI6IjAxOGMwYWU1LTRkOWItNDcxYi1iZmQ2LWVlZjMxNGJjNzAzNyJ9";
    private static final String HOBBIT_SIGNATURE = "s0h6KThzkfBBBkLspW1h84VsJZFTsPPqMDA7g1Md7p0";

    /** RFC 8037 appendices A.1 and A.2. */
    private static final String ED25519_PRIVATE = """
            {"kty":"OKP","crv":"Ed25519","d":"nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A",\
            "x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}""";

    private static final String ED25519_PUBLIC = """
            {"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}""";

    /** RFC 8037 appendix A.4. */
    private static final String ED25519_INPUT = "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc";

    private static final String ED25519_SIGNATURE =
            "hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg";

    // --- RFC 7515 ---

    @Test
    void acceptsHs256OfAppendixA1() {
        assertSigned(secret(null, A1_SECRET), A1);
        assertRefused(Reason.BAD_SIGNATURE, secret(null, HOBBIT_SECRET), A1);
    }

    @Test
    void acceptsRs256OfAppendixA2() throws Exception {
        assertSigned(published(A2_KEY), A2_HEADER + "." + JOE + "." + A2_SIGNATURE);
    }

    @Test
    void acceptsEs256OfAppendixA3() throws Exception {
        assertSigned(published(A3_KEY), A3_HEADER + "." + JOE + "." + A3_SIGNATURE);
    }

    @Test
    void refusesEs512OfAppendixA4() throws Exception {
        assertEquals(List.of(), JwksParser.read(set(A4_KEY), PUBLISHED), "its key is not even kept");
        assertRefused(Reason.UNKNOWN_ALGORITHM, published(A2_KEY, A3_KEY, A4_KEY), A4);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "AA", A2_SIGNATURE, A3_SIGNATURE})
    void refusesTheUnsecuredTokenOfAppendixA5(String signature) throws Exception {
        String token = "eyJhbGciOiJub25lIn0." + JOE + "." + signature;
        Reason reason = signature.isEmpty() ? Reason.MALFORMED : Reason.UNKNOWN_ALGORITHM;
        assertRefused(reason, secret(null, A1_SECRET), token);
        assertRefused(reason, published(A2_KEY), token);
    }

    // The signatures in it are those of appendices A.2 and A.3: nothing but its form is refused.
    @Test
    void refusesTheGeneralJsonFormOfAppendixA6() throws Exception {
        assertRefused(Reason.MALFORMED, published(A2_KEY), """
                {"payload":"%s","signatures":[
                 {"protected":"%s","header":{"kid":"2010-12-29"},"signature":"%s"},
                 {"protected":"%s","header":{"kid":"e9bc097a-ce51-4036-9562-d2ade882db0d"},"signature":"%s"}]}""".formatted(
                        JOE, A2_HEADER, A2_SIGNATURE, A3_HEADER, A3_SIGNATURE));
    }

    @Test
    void refusesTheFlattenedJsonFormOfAppendixA7() throws Exception {
        assertRefused(Reason.MALFORMED, published(A3_KEY), """
                {"payload":"%s","protected":"%s",
                 "header":{"kid":"e9bc097a-ce51-4036-9562-d2ade882db0d"},"signature":"%s"}""".formatted(JOE, A3_HEADER, A3_SIGNATURE));
    }

    // --- RFC 7520 ---

    @Test
    void acceptsRs256OfSection4_1() throws Exception {
        assertSigned(published(BILBO_KEY), BILBO_RS256);
    }

    @Test
    void refusesTheAlgorithmsOfSections4_2And4_3() throws Exception {
        assertRefused(Reason.UNKNOWN_ALGORITHM, published(BILBO_KEY), BILBO_PS384);
        assertRefused(Reason.UNKNOWN_ALGORITHM, published(BILBO_KEY), BILBO_ES512);
    }

    @Test
    void acceptsHs256OfSection4_4() {
        assertSigned(secret(HOBBIT, HOBBIT_SECRET), HOBBIT_HEADER + "." + FRODO + "." + HOBBIT_SIGNATURE);
        assertRefused(
                Reason.UNKNOWN_KEY, secret(BILBO, HOBBIT_SECRET), HOBBIT_HEADER + "." + FRODO + "." + HOBBIT_SIGNATURE);
    }

    @Test
    void refusesTheDetachedPayloadOfSection4_5() {
        assertRefused(Reason.MALFORMED, secret(HOBBIT, HOBBIT_SECRET), HOBBIT_HEADER + ".." + HOBBIT_SIGNATURE);
    }

    // Headers that nothing protects, and several signatures; each HMAC is good, in the form that it has there.
    @Test
    void refusesTheJsonFormsOfSections4_6To4_8() {
        AccessTokenVerifier verifier = secret(HOBBIT, HOBBIT_SECRET);
        String protectedInPart = "bWUSVaxorn7bEF1djytBd0kHv70Ly5pvbomzMWSOr20";
        assertMac("eyJhbGciOiJIUzI1NiJ9." + FRODO, protectedInPart);
        assertRefused(Reason.MALFORMED, verifier, """
                {"payload":"%s","protected":"eyJhbGciOiJIUzI1NiJ9","header":{"kid":"%s"},"signature":"%s"}""".formatted(FRODO, HOBBIT, protectedInPart));
        assertRefused(Reason.MALFORMED, verifier, """
                {"payload":"%s","signatures":[
                 {"protected":"eyJhbGciOiJIUzI1NiJ9","header":{"kid":"%s"},"signature":"%s"}]}""".formatted(FRODO, HOBBIT, protectedInPart));

        String unprotected = "xuLifqLGiblpv9zBpuZczWhNj1gARaLV3UxvxhJxZuk";
        assertMac("." + FRODO, unprotected);
        assertRefused(Reason.MALFORMED, verifier, """
                {"payload":"%s","header":{"alg":"HS256","kid":"%s"},"signature":"%s"}""".formatted(FRODO, HOBBIT, unprotected));
        assertRefused(Reason.MALFORMED, verifier, "." + FRODO + "." + unprotected);

        assertRefused(Reason.MALFORMED, verifier, """
                {"payload":"%s","signatures":[
                 {"protected":"eyJhbGciOiJIUzI1NiJ9","header":{"kid":"%s"},"signature":"%s"},
                 {"protected":"%s","signature":"%s"}]}""".formatted(
                        FRODO, HOBBIT, protectedInPart, HOBBIT_HEADER, HOBBIT_SIGNATURE));
    }

    // --- RFC 8037 and RFC 7638 ---

    @Test
    void readsTheKeyOfAppendixA1AndA2() throws Exception {
        PublicJsonWebKey pair = PublicJsonWebKey.Factory.newPublicJwk(ED25519_PRIVATE);
        VerificationKey read = JwksParser.read(set(ED25519_PUBLIC), PUBLISHED).getFirst();
        assertEquals(pair.getPublicKey(), read.key());
        assertEquals(Algorithm.EDDSA, read.algorithm());
    }

    // The name of our own keys, too.
    @Test
    void namesKeysByTheThumbprintsOfTheStandards() throws Exception {
        // RFC 8037 appendix A.3.
        assertEquals("kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k", thumbprint(ED25519_PUBLIC));
        // RFC 7638 section 3.1.
        assertEquals("NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs", thumbprint("""
                        {"kty":"RSA","e":"AQAB","alg":"RS256","kid":"2011-04-29","n":"\
                        0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiF\
                        V4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9\
                        c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1\
                        jF44-csFCur-kEgU8awapJzKnqDKgw"}"""));
    }

    // Ed25519 has one signature for one message.
    @Test
    void signsAsInAppendixA4() throws Exception {
        PublicJsonWebKey pair = PublicJsonWebKey.Factory.newPublicJwk(ED25519_PRIVATE);
        SigningKey key = new SigningKey(null, Algorithm.EDDSA, pair.getPrivateKey());
        String signed = RawTokens.sign(key, "{\"alg\":\"EdDSA\"}", "Example of Ed25519 signing");
        assertEquals(ED25519_INPUT + "." + ED25519_SIGNATURE, signed);
    }

    @Test
    void acceptsEdDsaOfAppendixA5() throws Exception {
        assertSigned(published(ED25519_PUBLIC), ED25519_INPUT + "." + ED25519_SIGNATURE);
    }

    // RFC 8032 section 5.1.7: a signature whose second half has the group's order added would be good, too.
    @Test
    void refusesMalleableSignature() throws Exception {
        BigInteger order = BigInteger.ONE.shiftLeft(252).add(new BigInteger("27742317777372353535851937790883648493"));
        byte[] signature = Base64.getUrlDecoder().decode(ED25519_SIGNATURE);
        byte[] half = reversed(Arrays.copyOfRange(signature, 32, 64));
        byte[] sum = new BigInteger(1, half).add(order).toByteArray();
        byte[] other = Arrays.copyOf(signature, 64);
        byte[] little = reversed(sum);
        assertTrue(little.length <= 32, "it fits");
        System.arraycopy(Arrays.copyOf(little, 32), 0, other, 32, 32);
        assertRefused(Reason.BAD_SIGNATURE, published(ED25519_PUBLIC), ED25519_INPUT + "." + RawTokens.part(other));
    }

    // --- Helpers ---

    private static AccessTokenVerifier published(String... jwks) throws Exception {
        return TestVerifiers.trusting(List.of(TestVerifiers.issuer("example", JwksParser.read(set(jwks), PUBLISHED))));
    }

    private static AccessTokenVerifier secret(@Nullable String id, String base64) {
        byte[] bytes = Base64.getUrlDecoder().decode(base64);
        VerificationKey key = new VerificationKey(
                id == null ? null : new KeyId(id), Algorithm.HS256, new SecretKeySpec(bytes, "HmacSHA256"));
        return TestVerifiers.trusting(List.of(TestVerifiers.issuer("example", List.of(key))));
    }

    private static String set(String... jwks) {
        // Keys without a name are told apart by one, or they would all be left out as ambiguous.
        return jwks.length == 1
                ? "{\"keys\":[" + jwks[0] + "]}"
                : "{\"keys\":["
                        + String.join(
                                ",",
                                Arrays.stream(jwks)
                                        .map(jwk -> jwk.replaceFirst("\\{", "{\"kid\":\"" + jwk.hashCode() + "\","))
                                        .toList())
                        + "]}";
    }

    private static void assertSigned(AccessTokenVerifier verifier, String token) {
        assertTrue(
                TestVerifiers.hasValidSignature(verifier.verify(token)),
                () -> "not found signed: " + verifier.verify(token));
        String[] parts = token.split("\\.", -1);
        assertFalse(TestVerifiers.hasValidSignature(
                verifier.verify(parts[0] + "." + RawTokens.part("something else") + "." + parts[2])));
    }

    private static void assertRefused(Reason reason, AccessTokenVerifier verifier, String token) {
        assertEquals(new Refused(reason), verifier.verify(token));
    }

    private static void assertMac(String input, String signature) {
        byte[] secret = Base64.getUrlDecoder().decode(HOBBIT_SECRET);
        assertArrayEquals(
                Base64.getUrlDecoder().decode(signature),
                RawTokens.mac("HmacSHA256", secret, input.getBytes(StandardCharsets.US_ASCII)));
    }

    private static String thumbprint(String jwk) throws Exception {
        return PublicJsonWebKey.Factory.newPublicJwk(jwk).calculateBase64urlEncodedThumbprint("SHA-256");
    }

    private static byte[] reversed(byte[] bytes) {
        byte[] reversed = new byte[bytes.length];
        for (int i = 0; i < bytes.length; i++) {
            reversed[i] = bytes[bytes.length - 1 - i];
        }
        return reversed;
    }
}
