package dev.latchkey.signin;

import dev.latchkey.account.Profile;
import dev.latchkey.mail.EmailMessage;
import dev.latchkey.mail.MailConfig;
import dev.latchkey.mail.MailQueue;
import dev.latchkey.mail.RequestDetails;
import dev.latchkey.platform.http.Client;
import dev.latchkey.platform.http.PublicUrl;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.transaction.Transactional;
import jakarta.transaction.Transactional.TxType;
import java.time.Clock;

/**
 * Notifies users of what someone else may have done to their account. Each notice is sent in the transaction of the change,
 * and within a limit, so that no client can flood a mailbox.
 */
@ApplicationScoped
@Transactional(TxType.MANDATORY)
public class SecurityNotices {

    private final MailQueue mail;
    private final MailConfig.Notices config;
    private final NoticeLimits limits;
    private final PublicUrl publicUrl;
    private final Clock clock;

    @Inject
    SecurityNotices(MailQueue mail, MailConfig config, NoticeLimits limits, PublicUrl publicUrl, Clock clock) {
        this(mail, config.notices(), limits, publicUrl, clock);
    }

    SecurityNotices(MailQueue mail, MailConfig.Notices config, NoticeLimits limits, PublicUrl publicUrl, Clock clock) {
        this.mail = mail;
        this.config = config;
        this.limits = limits;
        this.publicUrl = publicUrl;
        this.clock = clock;
    }

    /** Returns whether the former address is notified of a change of address, by the link that undoes it. */
    public boolean notifiesOfEmailChange() {
        return config.emailChanged();
    }

    /** Sends a notice that a device has signed in which was not known. */
    void newDevice(Profile user, Client client) {
        RequestDetails request = RequestDetails.of(clock.instant(), client);
        if (config.newDevice() && mail.isConfigured()) {
            limits.send(
                    "new-device",
                    user.email(),
                    client,
                    request.browser(),
                    () -> mail.send(
                            user.email(),
                            new EmailMessage.NewDevice(user.languages(client), publicUrl.authority(), request)));
        }
    }

    /** Sends a notice that the password was changed or reset. */
    public void passwordChanged(Profile user, Client client) {
        RequestDetails request = RequestDetails.of(clock.instant(), client);
        if (config.passwordChanged() && mail.isConfigured()) {
            limits.send(
                    "password-changed",
                    user.email(),
                    () -> mail.send(
                            user.email(),
                            new EmailMessage.PasswordChanged(user.languages(client), publicUrl.authority(), request)));
        }
    }
}
