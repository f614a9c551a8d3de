package dev.latchkey.betterauth;

import java.util.List;

/** Endpoints of one theme. */
interface RouteGroup {

    List<Endpoint> endpoints();
}
