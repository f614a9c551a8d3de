package dev.latchkey.pages;

import dev.latchkey.emaillink.EmailLink;
import dev.latchkey.pages.HtmlPage.Content;
import dev.latchkey.pages.HtmlPage.Form;
import dev.latchkey.password.PasswordError;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What the pages of e-mail links say. */
@ApplicationScoped
class LinkContents {

    private static final int OK = 200;
    private static final int BAD_REQUEST = 400;
    private static final int NOT_FOUND = 404;
    private static final int CONFLICT = 409;
    private static final int GONE = 410;
    private static final int INTERNAL = 500;
    private static final int TOO_MANY_REQUESTS = 429;
    private static final int UNAVAILABLE = 503;

    private final PageLanguage language;

    LinkContents(PageLanguage language) {
        this.language = language;
    }

    /** The page that a valid link opens; nothing has happened yet. */
    Content confirmation(EmailLink.Purpose purpose, EmailLink link, @Nullable String callback) {
        String address = link.address().canonical();
        PageText text = text();
        return switch (purpose) {
            case EMAIL_VERIFICATION ->
                confirmation(
                        text.verificationTitle(),
                        text.verificationText(address),
                        text.onlyByButton(),
                        button(text.verificationButton(), false, callback));
            case EMAIL_CHANGE ->
                confirmation(
                        text.changeTitle(),
                        text.changeText(target(link)),
                        text.onlyByButton(),
                        button(text.changeButton(), false, callback));
            case EMAIL_CHANGE_UNDO ->
                confirmation(
                        text.undoTitle(),
                        text.undoText(target(link)),
                        text.onlyByButton(),
                        button(text.undoButton(), false, callback));
            case ACCOUNT_DELETION ->
                confirmation(
                        text.deletionTitle(),
                        text.deletionText(address),
                        text.onlyByButton(),
                        button(text.deletionButton(), true, callback));
            case PASSWORD_RESET ->
                confirmation(
                        text.resetTitle(),
                        text.resetText(address),
                        text.onlyByButton(),
                        new Form(text.resetButton(), false, text.resetLabel(), null, callback));
        };
    }

    Content verified() {
        return Content.of(OK, text().verifiedTitle(), text().closePage());
    }

    Content changed(String address) {
        return Content.of(OK, text().changedTitle(), text().changedText(address), text().closePage());
    }

    Content undone(String address) {
        return Content.of(OK, text().undoneTitle(), text().undoneText(address), text().undoneAdvice());
    }

    Content deleted() {
        return Content.of(OK, text().deletedTitle(), text().closePage());
    }

    Content passwordReset() {
        return Content.of(OK, text().resetDoneTitle(), text().resetDoneText());
    }

    /** The form for a new password again, since the one that was sent cannot be chosen. */
    Content invalidPassword(EmailLink link, List<PasswordError> errors, @Nullable String callback) {
        String words = errors.stream().map(this::words).collect(Collectors.joining(" "));
        return again(BAD_REQUEST, link, words, callback);
    }

    /** The form for a new password again, since no password could be hashed. */
    Content busy(EmailLink link, @Nullable String callback) {
        return again(UNAVAILABLE, link, text().busy(), callback);
    }

    /** The form for a new password again, since too many were chosen that may not be. */
    Content tooManyAttempts(EmailLink link, @Nullable String callback) {
        return again(TOO_MANY_REQUESTS, link, text().tooManyAttempts(), callback);
    }

    Content unknown() {
        return Content.of(NOT_FOUND, text().unknownTitle(), text().unknownText());
    }

    Content used() {
        return Content.of(GONE, text().usedTitle(), text().usedText());
    }

    Content expired() {
        return Content.of(GONE, text().expiredTitle(), text().expiredText());
    }

    Content invalid() {
        return Content.of(GONE, text().invalidTitle(), text().invalidText());
    }

    Content addressTaken() {
        return Content.of(CONFLICT, text().takenTitle(), text().takenText());
    }

    Content unavailable() {
        return Content.of(UNAVAILABLE, text().unavailableTitle(), text().unavailableText());
    }

    Content failed() {
        return Content.of(INTERNAL, text().unavailableTitle(), text().failedText());
    }

    private PageText text() {
        return language.text();
    }

    private Content again(int status, EmailLink link, String error, @Nullable String callback) {
        Content first = confirmation(EmailLink.Purpose.PASSWORD_RESET, link, callback);
        return new Content(
                status,
                first.title(),
                first.paragraphs(),
                Objects.requireNonNull(first.form()).with(error));
    }

    private static Content confirmation(String title, String what, String onlyByButton, Form form) {
        return new Content(OK, title, List.of(what, onlyByButton), form);
    }

    private static Form button(String words, boolean danger, @Nullable String callback) {
        return new Form(words, danger, null, null, callback);
    }

    private static String target(EmailLink link) {
        return Objects.requireNonNull(link.target()).canonical();
    }

    private String words(PasswordError error) {
        PageText text = text();
        return switch (error) {
            case PasswordError.Missing _ -> text.passwordMissing();
            case PasswordError.TooShort(int minimum) -> text.passwordTooShort(minimum);
            case PasswordError.TooLong(int maximum) -> text.passwordTooLong(maximum);
            case PasswordError.Common _ -> text.passwordCommon();
            case PasswordError.Breached _ -> text.passwordBreached();
            case PasswordError.ResemblesAddress _ -> text.passwordResemblesAddress();
            case PasswordError.NeedsUpper _ -> text.passwordNeedsUpper();
            case PasswordError.NeedsLower _ -> text.passwordNeedsLower();
            case PasswordError.NeedsDigit _ -> text.passwordNeedsDigit();
            case PasswordError.NotText _ -> text.passwordNotText();
        };
    }
}
