package dev.latchkey.betterauth;

import java.util.List;

/** Endpoints of one theme. */
interface Chapter {

    List<Endpoint> endpoints();
}
