package dev.latchkey.link;

/** Does a link count? */
public sealed interface LinkState {

    /** It does; whoever redeemed it has done so now, and nobody else ever will. */
    record Good(Link link) implements LinkState {}

    /** It did once and has been redeemed; told until it would have expired. */
    record Used(Link link) implements LinkState {}

    /** Its time is over; told for a day. */
    record Expired() implements LinkState {}

    /** Nobody made it, it is for another purpose, or it was withdrawn or forgotten. */
    record Unknown() implements LinkState {}
}
