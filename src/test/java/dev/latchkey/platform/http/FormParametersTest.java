package dev.latchkey.platform.http;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FormParametersTest {

    @ParameterizedTest
    @CsvSource({
        "token=x, x",
        "a=b&token=x, x",
        "token=x&, x",
        "&&token=x, x",
        "token=x=y, x=y",
        "token=a%2Bb+c, a+b c",
        "%74oken=x, x",
        "token=%c3%A9, é",
        "token=é, é",
        "token=%00, '\u0000'",
        "x&y&token=z, z"
    })
    void readsAParameter(String form, String value) {
        assertEquals(Optional.of(value), parse(form).flatMap(parameters -> parameters.value("token")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "&", "token", "token=", "tokens=x", "Token=x", "+token=x", "x=token"})
    void parameterWithoutValueIsAbsent(String form) {
        assertEquals(Optional.of(Optional.empty()), parse(form).map(parameters -> parameters.value("token")));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "token=x&token=x",
                "token=x&token",
                "x=1&token=x&x=2",
                "token=x&%74oken=y",
                "token=%",
                "token=%4",
                "token=%4g",
                "token=%+4",
                "%=x",
                "token=%ff",
                "token=%c0%80",
                "token=%ed%a0%80"
            })
    void refusesMalformedForm(String form) {
        assertEquals(Optional.empty(), parse(form).map(parameters -> parameters.value("token")));
    }

    @Test
    void refusesOtherEncodingsThanUtf8() {
        assertEquals(
                Optional.empty(),
                FormParameters.parse("token=é".getBytes(StandardCharsets.ISO_8859_1))
                        .map(parameters -> parameters.value("token")));
    }

    private static Optional<FormParameters> parse(String form) {
        return FormParameters.parse(form.getBytes(StandardCharsets.UTF_8));
    }
}
