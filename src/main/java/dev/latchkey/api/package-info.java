/** Our own JSON API: resources, request and response records, problem+json. */
@OpenAPIDefinition(
        info =
                @Info(
                        title = "Latchkey",
                        version = "1",
                        description = "Sign-up, sign-in, and tokens that open only their own user's routes."),
        components = @Components(schemas = @Schema(name = "Problem", implementation = Problem.class)))
@NullMarked
package dev.latchkey.api;

import org.eclipse.microprofile.openapi.annotations.Components;
import org.eclipse.microprofile.openapi.annotations.OpenAPIDefinition;
import org.eclipse.microprofile.openapi.annotations.info.Info;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.NullMarked;
