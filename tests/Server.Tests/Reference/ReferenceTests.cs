using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.OpenApi;

namespace Sallyport.Server.Tests.Reference;

public sealed partial class ReferenceTests(PostgresCluster cluster)
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_description_is_valid_and_says_how_to_sign_requests_and_what_may_go_wrong()
    {
        await using var server = await TestServer.StartAsync(StoreKind.Sqlite, cluster);
        var text = await server.Client.GetStringAsync(new Uri("api/v1/openapi.json", UriKind.Relative), Cancellation);
        var read = OpenApiDocument.Parse(text, "json");
        Assert.Empty(read.Diagnostic!.Errors);
        var document = read.Document!;
        Assert.Equal("Sallyport server", document.Info.Title);
        Assert.Matches(@"^\d+\.\d+\.\d+$", document.Info.Version);
        Assert.Equal("bearer", document.Components!.SecuritySchemes!["bearer"].Scheme);
        Assert.NotEmpty(document.Security!);
        var operations = document.Paths.SelectMany(path => path.Value.Operations!.Values).ToList();
        Assert.Contains("registerJob", operations.Select(operation => operation.OperationId));
        Assert.All(operations, operation =>
        {
            Assert.False(string.IsNullOrEmpty(operation.Summary), operation.OperationId);
            Assert.Contains("application/problem+json", operation.Responses!["default"].Content!.Keys);
        });
        Assert.Equal(operations.Count, operations.Select(operation => operation.OperationId).Distinct().Count());
        using var json = JsonDocument.Parse(text);
        Assert.StartsWith("3.", json.RootElement.GetProperty("openapi").GetString(), StringComparison.Ordinal);
        Assert.All(References(json.RootElement), reference => Assert.True(Resolves(json.RootElement, reference), reference));
    }

    /// <summary>What programs call: a change of it is a change for them. SALLYPORT_UPDATE_GOLDEN=1 rewrites the file.</summary>
    [Fact]
    public async Task Every_route_is_described_and_the_description_is_the_one_that_is_kept()
    {
        await using var server = await TestServer.StartAsync(StoreKind.Sqlite, cluster);
        var document = (JsonObject)JsonNode.Parse(await server.Client.GetStringAsync(new Uri("api/v1/openapi.json", UriKind.Relative), Cancellation))!;
        var described = document["paths"]!.AsObject().SelectMany(path => path.Value!.AsObject().Select(operation => $"{operation.Key.ToUpperInvariant()} {path.Key}"));
        var routes = server.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Where(endpoint => endpoint.RoutePattern.RawText!.TrimStart('/').StartsWith("api/", StringComparison.Ordinal))
            .SelectMany(endpoint => endpoint.Metadata.GetMetadata<HttpMethodMetadata>()!.HttpMethods
                .Select(method => $"{method} {Constraint().Replace(endpoint.RoutePattern.RawText!, "{$1}").TrimEnd('/')}"));
        Assert.Equal(
            described.Concat(["GET /api/v1", "GET /api/v1/reference.css", "GET /api/v1/reference.js", "GET /api/{documentName}/openapi.json"])
                .Order(StringComparer.Ordinal),
            routes.Order(StringComparer.Ordinal));

        // The version is each release's, and the address each server's.
        document["info"]!.AsObject().Remove("version");
        document.Remove("servers");
        var text = document.ToJsonString(Indented) + "\n";
        var kept = TestFile.Of("Reference/openapi.json");
        if (Environment.GetEnvironmentVariable("SALLYPORT_UPDATE_GOLDEN") == "1")
        {
            await File.WriteAllTextAsync(kept, text, Cancellation);
        }

        Assert.Equal(await File.ReadAllTextAsync(kept, Cancellation), text);
    }

    [Fact]
    public async Task The_page_to_try_it_has_a_strict_policy_and_nothing_from_elsewhere()
    {
        await using var server = await TestServer.StartAsync(StoreKind.Sqlite, cluster);
        foreach (var (path, type) in new[] { ("api/v1", "text/html"), ("api/v1/reference.js", "text/javascript"), ("api/v1/reference.css", "text/css") })
        {
            using var response = await server.Client.GetAsync(new Uri(path, UriKind.Relative), Cancellation);
            Assert.Equal(type, response.Content.Headers.ContentType!.MediaType);
            var policy = Assert.Single(response.Headers.GetValues("Content-Security-Policy"));
            Assert.StartsWith("default-src 'none'; script-src 'self';", policy, StringComparison.Ordinal);
            Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
            var text = await response.Content.ReadAsStringAsync(Cancellation);
            Assert.DoesNotMatch("https?://", text);
            Assert.DoesNotMatch("(?i)<style|style=|<script>|javascript:|innerHTML|\\beval\\b", text);
        }
    }

    [GeneratedRegex(@"\{(\w+)[^}]*\}")]
    private static partial Regex Constraint();

    private static IEnumerable<string> References(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => element.EnumerateObject().SelectMany(member =>
            member is { Name: "$ref", Value.ValueKind: JsonValueKind.String } ? [member.Value.GetString()!] : References(member.Value)),
        JsonValueKind.Array => element.EnumerateArray().SelectMany(References),
        _ => [],
    };

    private static bool Resolves(JsonElement root, string reference)
    {
        var at = root;
        return reference.StartsWith("#/", StringComparison.Ordinal)
            && reference[2..].Split('/').All(part => at.TryGetProperty(part.Replace("~1", "/", StringComparison.Ordinal), out at));
    }
}
