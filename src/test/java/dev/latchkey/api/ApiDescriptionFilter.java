package dev.latchkey.api;

import dev.latchkey.platform.http.Problem;
import io.quarkus.smallrye.openapi.OpenApiFilter;
import org.eclipse.microprofile.openapi.OASFactory;
import org.eclipse.microprofile.openapi.OASFilter;
import org.eclipse.microprofile.openapi.models.OpenAPI;
import org.eclipse.microprofile.openapi.models.Operation;
import org.eclipse.microprofile.openapi.models.media.Schema.SchemaType;
import org.eclipse.microprofile.openapi.models.parameters.Parameter;
import org.eclipse.microprofile.openapi.models.responses.APIResponse;

/** Adds to the API's description what holds for many routes and stands in no resource. */
@OpenApiFilter(stages = OpenApiFilter.RunStage.BUILD)
public class ApiDescriptionFilter implements OASFilter {

    private static final String USER_ID = "{user_id}";

    @Override
    public void filterOpenAPI(OpenAPI api) {
        api.getPaths().getPathItems().forEach((path, item) -> {
            if (path.contains(USER_ID)) {
                item.addParameter(userId());
            }
            item.getOperations().values().forEach(ApiDescriptionFilter::refusals);
        });
    }

    /** Resources do not take it: the caller is the owner, and both are known from the token. */
    private static Parameter userId() {
        return OASFactory.createParameter()
                .name("user_id")
                .in(Parameter.In.PATH)
                .required(true)
                .description("Your own id, as sign-up and sign-in tell it")
                .schema(OASFactory.createSchema().addType(SchemaType.STRING));
    }

    private static void refusals(Operation operation) {
        APIResponse problem = OASFactory.createAPIResponse()
                .description("A refusal, as docs/api.md lists them")
                .content(OASFactory.createContent()
                        .addMediaType(
                                Problem.MEDIA_TYPE,
                                OASFactory.createMediaType()
                                        .schema(OASFactory.createSchema().ref("Problem"))));
        // Those that the framework adds by itself; what a resource describes has a content.
        for (String bare : new String[] {"400", "401", "403"}) {
            APIResponse described = operation.getResponses().getAPIResponse(bare);
            if (described == null || described.getContent() == null) {
                operation.getResponses().removeAPIResponse(bare);
            }
        }
        operation.getResponses().setDefaultValue(problem);
        if (operation.getRequestBody() != null) {
            operation.getRequestBody().required(null);
        }
    }
}
