package dev.latchkey.pages;

import io.quarkus.qute.i18n.Message;
import io.quarkus.qute.i18n.MessageBundle;

/** The words of the pages, in English; {@code messages/pages_de.properties} has the German ones. */
@MessageBundle(value = "pages", locale = "en")
public interface PageText {

    // --- Before the button is pressed ---

    @Message("Confirm your e-mail address")
    String verificationTitle();

    @Message("Confirm that {address} is yours.")
    String verificationText(String address);

    @Message("Confirm the address")
    String verificationButton();

    @Message("Use a new e-mail address")
    String changeTitle();

    @Message("Your account gets the address {address}. From then on you sign in with it.")
    String changeText(String address);

    @Message("Use this address")
    String changeButton();

    @Message("Undo the change of your e-mail address")
    String undoTitle();

    @Message(
            "Your account gets the address {address} back. Everyone who is signed in to it is signed out, on all devices.")
    String undoText(String address);

    @Message("This was not me: undo it")
    String undoButton();

    @Message("Delete your account")
    String deletionTitle();

    @Message("The account of {address} is deleted, with all its data. This cannot be undone.")
    String deletionText(String address);

    @Message("Delete the account")
    String deletionButton();

    @Message("Choose a new password")
    String resetTitle();

    @Message("It is for the account of {address}. Everyone who is signed in to it is signed out, on all devices.")
    String resetText(String address);

    @Message("New password")
    String resetLabel();

    @Message("Set the password")
    String resetButton();

    @Message("If you did not ask for this, close the page: nothing happens without the button.")
    String onlyByButton();

    // --- After it was pressed ---

    @Message("Your e-mail address is confirmed")
    String verifiedTitle();

    @Message("Your e-mail address was changed")
    String changedTitle();

    @Message("Sign in with {address} from now on.")
    String changedText(String address);

    @Message("The change was undone")
    String undoneTitle();

    @Message("Your account has the address {address} again, and everyone was signed out.")
    String undoneText(String address);

    @Message("Choose a new password now: on the page where you sign in, say that you have forgotten it.")
    String undoneAdvice();

    @Message("Your account was deleted")
    String deletedTitle();

    @Message("Your password was changed")
    String resetDoneTitle();

    @Message("Everyone was signed out. Sign in with the new password.")
    String resetDoneText();

    @Message("You can close this page.")
    String closePage();

    // --- When it cannot be done ---

    @Message("This link is not valid")
    String unknownTitle();

    @Message("Open it exactly as it stands in the e-mail. If it still does not work, ask for another one.")
    String unknownText();

    @Message("This link can no longer be used")
    String invalidTitle();

    @Message("The account has changed since the link was sent. Ask for another one.")
    String invalidText();

    @Message("This link has been used already")
    String usedTitle();

    @Message("If it was you who used it, there is nothing left to do. Otherwise ask for another one.")
    String usedText();

    @Message("This link has expired")
    String expiredTitle();

    @Message("Ask for another one.")
    String expiredText();

    @Message("This address can no longer be used")
    String takenTitle();

    @Message("Your account keeps the address that it has.")
    String takenText();

    @Message("This did not work")
    String unavailableTitle();

    @Message("The service is busy. The link is still valid: try again in a moment.")
    String unavailableText();

    @Message("An unexpected error occurred. The link is still valid: try again later.")
    String failedText();

    @Message("Too many passwords are being checked at once. Try again in a moment.")
    String busy();

    @Message("Too many attempts. The link stays valid until it expires: try again later.")
    String tooManyAttempts();

    // --- What is wrong with a new password ---

    @Message("Enter a password.")
    String passwordMissing();

    @Message("Use at least {minimum} characters; 15 are better.")
    String passwordTooShort(int minimum);

    @Message("Use at most {maximum} characters.")
    String passwordTooLong(int maximum);

    @Message("This is one of the most common passwords; choose another.")
    String passwordCommon();

    @Message("This password is known from a data breach of another service; choose another, and change it there too.")
    String passwordBreached();

    @Message("Do not use the e-mail address in the password.")
    String passwordResemblesAddress();

    @Message("Use at least one upper-case letter.")
    String passwordNeedsUpper();

    @Message("Use at least one lower-case letter.")
    String passwordNeedsLower();

    @Message("Use at least one digit.")
    String passwordNeedsDigit();

    @Message("Remove invalid Unicode characters.")
    String passwordNotText();
}
