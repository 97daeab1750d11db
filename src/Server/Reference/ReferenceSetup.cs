using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using Sallyport.Server.Configuration;

namespace Sallyport.Server.Reference;

/// <summary>The description of /api/v1 (OpenAPI 3.1), made from the endpoints themselves.</summary>
internal static class ReferenceSetup
{
    private const string Bearer = "bearer";

    public static void AddReference(this IServiceCollection services, ServerSettings settings) => services.AddOpenApi("v1", options =>
    {
        options.AddDocumentTransformer((document, _, _) =>
        {
            Describe(document, settings);
            return Task.CompletedTask;
        });
        options.AddOperationTransformer((operation, _, _) =>
        {
            // Any answer may be "too many" or "not now", from whatever stands before the server.
            operation.Responses ??= [];
            operation.Responses.TryAdd("default", new OpenApiResponse { Description = "What went wrong (RFC 9457).", Content = ProblemContent() });
            return Task.CompletedTask;
        });
    });

    private static void Describe(OpenApiDocument document, ServerSettings settings)
    {
        document.Info = new OpenApiInfo
        {
            Title = "Sallyport server",
            Version = typeof(ReferenceSetup).Assembly.GetName().Version?.ToString(3) ?? "0",
            Description = "What agents send, and what the server knows of jobs. Mistakes are told as application/problem+json (RFC 9457).",
            License = new OpenApiLicense { Name = "Apache-2.0", Identifier = "Apache-2.0" },
        };
        document.Servers = [new OpenApiServer { Url = settings.PublicUrl.ToString().TrimEnd('/') }];
        document.Components ??= new OpenApiComponents();
        document.Components.SecuritySchemes = new Dictionary<string, IOpenApiSecurityScheme>(StringComparer.Ordinal)
        {
            [Bearer] = new OpenApiSecurityScheme
            {
                Type = SecuritySchemeType.Http,
                Scheme = Bearer,
                Description = "An API key (scope agent to send, scope read to read), a job's OpenID Connect token, or the uploadToken of a registration.",
            },
        };
        document.Security = [new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(Bearer, document)] = [] }];
    }

    private static Dictionary<string, OpenApiMediaType> ProblemContent() => new(StringComparer.Ordinal)
    {
        ["application/problem+json"] = new OpenApiMediaType
        {
            Schema = new OpenApiSchema
            {
                Type = JsonSchemaType.Object,
                Properties = new Dictionary<string, IOpenApiSchema>(StringComparer.Ordinal)
                {
                    ["status"] = new OpenApiSchema { Type = JsonSchemaType.Integer },
                    ["title"] = new OpenApiSchema { Type = JsonSchemaType.String },
                    ["detail"] = new OpenApiSchema { Type = JsonSchemaType.String | JsonSchemaType.Null },
                },
            },
        },
    };
}
