using Sallyport.Agent.Configuration;
using Sallyport.Agent.Upload;
using Sallyport.Protocol.Ingest;

namespace Sallyport.Agent.Tests.Upload;

/// <summary>What holds for a job when its policy store answers, has nothing, is away, or lies: over the wire, by curl.</summary>
public sealed class PolicyClientTests : IDisposable
{
    private const string Attached = """{"policy":{"name":"base","version":3,"text":"version: 1\n"},"floors":[{"name":"above","version":1,"text":"version: 1\n"}]}""";

    /// <summary>Seconds, on a machine that does much else.</summary>
    private const int Enough = 20;

    private static readonly JobPlace Place = new("octo/demo", "Release & sign", "build");

    private readonly TestFolder folder = new();

    private string Cache => Path.Combine(folder.Path, "policies");

    public void Dispose() => folder.Dispose();

    [Fact]
    public void The_place_is_asked_for_and_the_answer_is_kept_for_when_the_server_is_away()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "what is kept is root's");
        var answer = ScriptedServer.Ok(Attached);
        using var server = new ScriptedServer((_, _) => answer);
        var fresh = Ask(server, Place, null, out var stale);
        Assert.Equal((("base", 3), ("above", 1), null), (NameOf(fresh.Policy!), NameOf(Assert.Single(fresh.Floors)), stale));
        Assert.Equal("GET /api/v1/policy?repository=octo%2Fdemo&workflow=Release%20%26%20sign&job=build", Assert.Single(server.Asked));
        foreach (var trouble in new[] { "503 Service Unavailable", "429 Too Many Requests", ScriptedServer.Hang })
        {
            answer = trouble;
            var kept = Ask(server, Place, null, out stale, trouble == ScriptedServer.Hang ? 1 : Enough);
            Assert.Equal(("base", 3), NameOf(kept.Policy!));
            Assert.NotNull(stale);
        }

        // Another place has another answer, and none is kept.
        answer = "503 Service Unavailable";
        var failure = Assert.Throws<CommandFailure>(() => Ask(server, Place with { Job = "publish" }, null, out _));
        Assert.Equal((ExitCode.Usage, "the policy store of 127.0.0.1 gave no policy (HTTP 503), and no earlier one is kept here"), (failure.Code, failure.Message));
    }

    [Fact]
    public void Nothing_attached_is_an_answer_and_a_policy_that_is_not_there_is_a_mistake()
    {
        using var server = new ScriptedServer((path, _) =>
            path.Contains("name=", StringComparison.Ordinal) ? "404 Not Found" : ScriptedServer.Ok("""{"policy":null,"floors":[]}"""));
        var nothing = Ask(server, Place, null, out var stale);
        Assert.True(nothing is { Policy: null, Floors: [] } && stale is null);
        var failure = Assert.Throws<CommandFailure>(() => Ask(server, Place, "gone", out _));
        Assert.Equal("the policy store of 127.0.0.1 has no policy 'gone'", failure.Message);
    }

    [Theory]
    [InlineData("<html>sign in to the network</html>")]
    [InlineData("{}")]
    [InlineData("""{"policy":null,"floors":[null]}""")]
    public void What_is_no_answer_of_a_store_is_none(string body)
    {
        using var server = new ScriptedServer((_, _) => ScriptedServer.Ok(body));
        Assert.Throws<CommandFailure>(() => Ask(server, Place, null, out _));
    }

    [Fact]
    public void An_answer_is_not_kept_where_others_may_write()
    {
        var answer = ScriptedServer.Ok(Attached);
        using var server = new ScriptedServer((_, _) => answer);
        Ask(server, Place, null, out _);
        File.SetUnixFileMode(Cache, File.GetUnixFileMode(Cache) | UnixFileMode.OtherWrite);
        answer = "503 Service Unavailable";
        Assert.Throws<CommandFailure>(() => Ask(server, Place, null, out _));
    }

    private PolicyAnswer Ask(ScriptedServer server, JobPlace place, string? name, out string? stale, int seconds = Enough)
    {
        using var http = new CurlClient(Path.Combine(folder.Path, "asks")) { Seconds = seconds };
        return new PolicyClient(new UploadTarget(new Uri(server.Address), "spk_a_b"), http, Cache).Get(place, name, out stale);
    }

    private static (string Name, int Version) NameOf(StoredPolicy policy) => (policy.Name, (int)policy.Version);
}
