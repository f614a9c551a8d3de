package dev.latchkey.gatecheck;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.latchkey.gatecheck.RawResponse.Answered;
import dev.latchkey.gatecheck.TestRequest.Expectation;
import dev.latchkey.gatecheck.TestResult.Assessment;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class TestResultTest {

    private static final Answered OWN = new Answered(200, "ada's", true);
    private static final Answered PAGE = new Answered(200, "<html></html>", true);
    private static final Baseline.Known KNOWN = new Baseline.Known(OWN, PAGE);

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
        "OWN, 101, BYPASS",
        "OWN, 200, BYPASS",
        "OWN, 401, WRONGLY_REFUSED",
        "OWN, 404, NOT_SERVED",
        "PASSED, 101, UNCLEAR",
        "PASSED, 200, PASSED",
        "PASSED, 201, PASSED",
        "PASSED, 307, REDIRECTED",
        "PASSED, 400, NOT_SERVED",
        "PASSED, 401, WRONGLY_REFUSED",
        "PASSED, 403, WRONGLY_REFUSED",
        "PASSED, 404, NOT_SERVED",
        "PASSED, 429, UNCLEAR",
        "PASSED, 500, UNCLEAR",
    })
    void assessesByStatus(Expectation expectation, int status, Assessment result) {
        assertEquals(result, Assessment.of(expectation, new Answered(status, "something", true), KNOWN));
    }

    @ParameterizedTest
    @CsvSource({
        "REFUSED, BYPASS, FALLBACK_PAGE",
        "UNAFFECTED, UNAFFECTED, BYPASS",
        "OWN, PASSED, BYPASS",
        "PASSED, PASSED, PASSED",
    })
    void comparesBodies(Expectation expectation, Assessment ofOwn, Assessment ofPage) {
        assertEquals(ofOwn, Assessment.of(expectation, OWN, KNOWN));
        assertEquals(ofPage, Assessment.of(expectation, PAGE, KNOWN));
    }

    /** As far as they were read they are the same, and one went on. */
    @Test
    void takesAPartForAnother() {
        Answered part = new Answered(200, "ada's", false);
        assertEquals(Assessment.BYPASS, Assessment.of(Expectation.UNAFFECTED, part, KNOWN));
        Answered partOfPage = new Answered(200, "<html></html>", false);
        assertEquals(Assessment.BYPASS, Assessment.of(Expectation.REFUSED, partOfPage, KNOWN));
        assertEquals(Assessment.BYPASS, Assessment.of(Expectation.REFUSED, PAGE, new Baseline.Known(OWN, null)));
    }

    @ParameterizedTest
    @EnumSource(Expectation.class)
    void takesNoAnswerForNone(Expectation expectation) {
        assertEquals(Assessment.UNCLEAR, Assessment.of(expectation, new RawResponse.Unclear("garbage"), KNOWN));
        assertEquals(
                expectation.isToSucceed() ? Assessment.NOT_SERVED : Assessment.REFUSED,
                Assessment.of(expectation, new RawResponse.Closed(), KNOWN));
    }
}
