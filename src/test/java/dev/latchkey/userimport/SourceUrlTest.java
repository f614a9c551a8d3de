package dev.latchkey.userimport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SourceUrlTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "jdbc:postgresql://db.example.com/app",
                "jdbc:postgresql://db.example.com:5433/app?currentSchema=auth&sslmode=verify-full&user=reader",
                "jdbc:postgresql:app",
            })
    void acceptsUrlsThatOnlyConnect(String text) {
        assertEquals(new SourceUrl.Parsed.Valid(new SourceUrl(text)), SourceUrl.parse(text));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "app",
                "postgresql://db.example.com/app",
                "postgres://ada:hunter2@db.example.com/app",
                "JDBC:postgresql://db.example.com/app",
                "jdbc:mysql://db.example.com/app",
                "jdbc:h2:mem:x;INIT=RUNSCRIPT FROM 'hunter2'",
                "jdbc:postgresql://ada:hunter2@db.example.com/app",
                "jdbc:postgresql://db.example.com/app?password=hunter2",
                "jdbc:postgresql://db.example.com/app?user=ada&password=hunter2",
                "jdbc:postgresql://db.example.com/app?socketFactory=org.example.Factory&socketFactoryArg=hunter2",
                "jdbc:postgresql://db.example.com/app?sslfactory=org.example.Factory",
                "jdbc:postgresql://db.example.com/app?sslpasswordcallback=org.example.Callback",
                "jdbc:postgresql://db.example.com/app?authenticationPluginClassName=org.example.Plugin",
                "jdbc:postgresql://db.example.com/app?loggerFile=hunter2",
                "jdbc:postgresql://db.example.com/app?readOnly=false",
                "jdbc:postgresql://db.example.com/app?PASSWORD=hunter2",
                "jdbc:postgresql://db.example.com/app?pass%77ord=hunter2",
                "jdbc:postgresql://db.example.com/app?",
            })
    void refusesOtherUrlsWithoutRepeatingThem(String text) {
        String sentence = assertInstanceOf(SourceUrl.Parsed.Invalid.class, SourceUrl.parse(text))
                .sentence();
        assertFalse(sentence.contains("hunter2"), sentence);
    }
}
