using System.Text.Json;
using Microsoft.OpenApi;

namespace Sallyport.Server.Tests.Reference;

public sealed class ReferenceTests(PostgresCluster cluster)
{
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
