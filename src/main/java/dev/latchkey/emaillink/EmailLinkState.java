package dev.latchkey.emaillink;

/** Does a link count? */
public sealed interface EmailLinkState {

    /** It does; whoever redeemed it has done so now, and nobody else ever will. */
    record Good(EmailLink link) implements EmailLinkState {}

    /** It did once and has been redeemed; told until it would have expired. */
    record Used(EmailLink link) implements EmailLinkState {}

    /** Its time is over; told for a day. */
    record Expired() implements EmailLinkState {}

    /** Nobody made it, it is for another purpose, or it was withdrawn or forgotten. */
    record Unknown() implements EmailLinkState {}
}
