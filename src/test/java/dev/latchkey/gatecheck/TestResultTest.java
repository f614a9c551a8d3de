package dev.latchkey.gatecheck;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.latchkey.gatecheck.RawResponse.Received;
import dev.latchkey.gatecheck.TestRequest.Expectation;
import dev.latchkey.gatecheck.TestResult.Assessment;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class TestResultTest {

    private static final Received OWN = new Received(200, "ada's", true);
    private static final Received PAGE = new Received(200, "<html></html>", true);
    private static final Baseline.Established BASELINE = new Baseline.Established(OWN, PAGE, true, List.of());

    @ParameterizedTest
    @CsvSource({
        "REFUSED, 101, BYPASS",
        "REFUSED, 200, BYPASS",
        "REFUSED, 204, BYPASS",
        "REFUSED, 206, BYPASS",
        "REFUSED, 299, BYPASS",
        "REFUSED, 301, REDIRECTED",
        "REFUSED, 308, REDIRECTED",
        "REFUSED, 400, REFUSED",
        "REFUSED, 401, REFUSED",
        "REFUSED, 403, REFUSED",
        "REFUSED, 404, REFUSED",
        "REFUSED, 429, UNCLEAR",
        "REFUSED, 500, UNCLEAR",
        "REFUSED, 503, UNCLEAR",
        "REFUSED, 999, UNCLEAR",
        "UNAFFECTED, 101, BYPASS",
        "UNAFFECTED, 200, BYPASS",
        "UNAFFECTED, 302, REDIRECTED",
        "UNAFFECTED, 403, REFUSED",
        "UNAFFECTED, 429, UNCLEAR",
        "UNAFFECTED, 502, UNCLEAR",
        "OWN_DATA, 101, BYPASS",
        "OWN_DATA, 200, BYPASS",
        "OWN_DATA, 401, WRONGLY_REFUSED",
        "OWN_DATA, 404, NOT_SERVED",
        "SUCCESS, 101, UNCLEAR",
        "SUCCESS, 200, PASSED",
        "SUCCESS, 201, PASSED",
        "SUCCESS, 307, REDIRECTED",
        "SUCCESS, 400, NOT_SERVED",
        "SUCCESS, 401, WRONGLY_REFUSED",
        "SUCCESS, 403, WRONGLY_REFUSED",
        "SUCCESS, 404, NOT_SERVED",
        "SUCCESS, 429, UNCLEAR",
        "SUCCESS, 500, UNCLEAR",
    })
    void assessesResponsesByStatus(Expectation expectation, int status, Assessment result) {
        assertEquals(result, Assessment.of(expectation, new Received(status, "something", true), BASELINE));
    }

    @ParameterizedTest
    @CsvSource({
        "REFUSED, BYPASS, FALLBACK_PAGE",
        "UNAFFECTED, UNAFFECTED, BYPASS",
        "OWN_DATA, PASSED, BYPASS",
        "SUCCESS, PASSED, PASSED",
    })
    void comparesBodiesOfSuccesses(Expectation expectation, Assessment ofOwn, Assessment ofPage) {
        assertEquals(ofOwn, Assessment.of(expectation, OWN, BASELINE));
        assertEquals(ofPage, Assessment.of(expectation, PAGE, BASELINE));
    }

    /** The parts that were read are equal, but one body went on. */
    @Test
    void treatsATruncatedBodyAsADifferentBody() {
        Received part = new Received(200, "ada's", false);
        assertEquals(Assessment.BYPASS, Assessment.of(Expectation.UNAFFECTED, part, BASELINE));
        Received partOfPage = new Received(200, "<html></html>", false);
        assertEquals(Assessment.BYPASS, Assessment.of(Expectation.REFUSED, partOfPage, BASELINE));
        Baseline.Established withoutFallbackPage = new Baseline.Established(OWN, null, true, List.of());
        assertEquals(Assessment.BYPASS, Assessment.of(Expectation.REFUSED, PAGE, withoutFallbackPage));
    }

    @ParameterizedTest
    @EnumSource(Expectation.class)
    void assessesMissingAndMalformedResponses(Expectation expectation) {
        assertEquals(Assessment.UNCLEAR, Assessment.of(expectation, new RawResponse.Unclear("garbage"), BASELINE));
        assertEquals(
                expectation.requiresSuccess() ? Assessment.NOT_SERVED : Assessment.REFUSED,
                Assessment.of(expectation, new RawResponse.Closed(), BASELINE));
    }
}
