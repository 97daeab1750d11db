using System.Text;
using Sallyport.Agent.Control;
using Sallyport.Agent.Runner;
using Sallyport.Agent.Upload;
using Sallyport.Policy;
using Sallyport.Policy.Machine;
using Sallyport.Protocol.DenyLists;
using Sallyport.Protocol.Signing;

namespace Sallyport.Agent.Tests.Upload;

public sealed class DenyListTests : IDisposable
{
    private static readonly byte[] Private = [.. Enumerable.Range(0, 32).Select(value => (byte)value)];
    private static readonly byte[] Key = OwnerKey.PublicKeyOf(Private);
    private static readonly Uri Server = new("https://sallyport.example.com");

    private readonly TestFolder folder = new();

    private string Cache => Path.Combine(folder.Path, "deny-lists");

    public DenyListTests()
    {
        if (!Environment.IsPrivilegedProcess)
        {
            folder.Dispose();
            Assert.Skip("what is kept is root's");
        }
    }

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_list_is_in_force_kept_and_there_when_the_server_is_away()
    {
        var fresh = Ask(200, Signed(7, "evil.example"));
        Assert.Equal((7, null, null), (fresh.InForce!.List.Version, fresh.Why, fresh.NotKept));
        var away = Ask(0, []);
        Assert.Equal((7, "no answer", false), (away.InForce!.List.Version, away.Why, away.IsRefused));
        var gone = Ask(404, Encoding.UTF8.GetBytes("{}"));
        Assert.Equal((7, "it has no deny list"), (gone.InForce!.List.Version, gone.Why));
        Assert.Equal(
            UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(Cache));
    }

    [Fact]
    public void Without_a_kept_one_there_is_none_and_that_is_said()
    {
        var list = JobDenyList.Of(Ask(503, []), Server);
        Assert.Null(list.Name);
        Assert.Contains("No deny list is in force", list.Degraded, StringComparison.Ordinal);
        Assert.Equal("No deny list is in force", Assert.Single(list.Notices).Title);
        Assert.Contains("HTTP 503", list.Degraded, StringComparison.Ordinal);
    }

    public static TheoryData<string, byte[]> Forged => new()
    {
        { "signature", Altered(Signed(8, "other.example")) },
        { "signature", DenyListSignature.Sign(List(8, "other.example"), [.. Enumerable.Repeat((byte)9, 32)]) },
        { "envelope", Signed(8, "other.example")[..^20] },
        { "envelope", Encoding.UTF8.GetBytes("<html>sign in to the network</html>") },
        { "bytes", new byte[DenyListLimits.EnvelopeBytes + 1] },
        { "version 6", Signed(6, "other.example") },
        { "another version 7", Signed(7, "other.example") },
        { "acme", DenyListSignature.Sign(List(8, "other.example") with { Owner = "acme" }, Private) },
    };

    [Theory]
    [MemberData(nameof(Forged))]
    public void What_is_not_the_owners_or_goes_back_is_refused_said_and_the_kept_one_stays(string why, byte[] body)
    {
        _ = Ask(200, Signed(7, "evil.example"));
        var answer = Ask(200, body);
        Assert.True(answer.IsRefused);
        Assert.Contains(why, answer.Why, StringComparison.Ordinal);
        var list = JobDenyList.Of(answer, Server);
        Assert.Equal("evil.example", Assert.Single(list.Rules).Endpoint.Text);
        Assert.Contains("A deny list was refused", list.Degraded, StringComparison.Ordinal);
        Assert.Contains("deny list version 7 of octo stays in force", list.Degraded, StringComparison.Ordinal);
        Assert.Equal(7, Ask(0, []).InForce!.List.Version);
    }

    [Fact]
    public void The_kept_one_is_verified_again_and_one_that_was_changed_on_the_disk_is_none()
    {
        _ = Ask(200, Signed(7, "evil.example"));
        var file = Assert.Single(Directory.GetFiles(Cache));
        File.WriteAllBytes(file, Altered(File.ReadAllBytes(file)));
        Assert.Null(Ask(0, []).InForce);
        _ = Ask(200, Signed(7, "evil.example"));
        Assert.Equal(7, Ask(0, []).InForce!.List.Version);
    }

    [Fact]
    public void A_folder_that_others_can_write_to_is_not_believed()
    {
        _ = Ask(200, Signed(7, "evil.example"));
        File.SetUnixFileMode(Cache, File.GetUnixFileMode(Cache) | UnixFileMode.OtherWrite);
        Assert.Null(Ask(0, []).InForce);
        var fresh = Ask(200, Signed(8, "evil.example"));
        Assert.Equal(8, fresh.InForce!.List.Version);
        Assert.NotNull(fresh.NotKept);
    }

    /// <summary>Two jobs at once: the one that was given the older version keeps it last.</summary>
    [Fact]
    public void An_older_version_kept_late_does_not_count()
    {
        var kept = new KeptDenyLists(Cache, Key);
        Assert.Null(kept.Keep(OpenedDenyList.TryOpen(Signed(10, "new.example"), Key, out _)!));
        Assert.Null(kept.Keep(OpenedDenyList.TryOpen(Signed(9, "old.example"), Key, out _)!));
        Assert.Equal(10, kept.Read()!.List.Version);
        Assert.Null(kept.Keep(OpenedDenyList.TryOpen(Signed(11, "new.example"), Key, out _)!));
        Assert.Single(Directory.GetFiles(Cache));
    }

    [Fact]
    public void Its_entries_are_denied_beside_the_policys_and_say_whence_and_why()
    {
        var list = JobDenyList.Of(Ask(200, Signed(7, "evil.example", "unknown://x")), Server);
        var policy = RunnerPolicy.OfMachine(MachineSettings.Default, list);
        var rule = Assert.Single(policy.Document.Deny);
        Assert.Equal("deny list version 7 of octo: why of evil.example", rule.Origin.ToString());
        Assert.Equal("deny list version 7 of octo", policy.Shown.From);
        Assert.Equal(PolicyMode.Audit, policy.Document.EffectiveMode);
        Assert.Contains("cannot read 1 of its entries", list.Degraded, StringComparison.Ordinal);
        Assert.Single(policy.Overridden(new JobOverride("moved", "audit")).Document.Deny);
    }

    [Fact]
    public void Without_a_key_nothing_is_asked_and_who_takes_over_asks_nobody()
    {
        var settings = new MachineSettings { Server = Server, ServerKeyFile = "/nonexistent" };
        Assert.Same(JobDenyList.None, JobDenyList.Take(settings, Signed(7, "evil.example"), new StartPatience(TimeProvider.System)));
        var taken = JobDenyList.Take(
            settings with { ServerDenyListKey = PublicKeyText.Of(Key) }, Signed(7, "evil.example"), new StartPatience(TimeProvider.System));
        Assert.Equal(("deny list version 7 of octo", 0), (taken.Name, taken.Notices.Length));
    }

    private static DenyList List(int version, params string[] endpoints) =>
        new("octo", version, 1_764_158_400, [.. endpoints.Select(endpoint => new DeniedEndpoint(endpoint, $"why of {endpoint}"))]);

    private static byte[] Signed(int version, params string[] endpoints) => DenyListSignature.Sign(List(version, endpoints), Private);

    private static byte[] Altered(byte[] envelope)
    {
        var other = envelope.ToArray();
        other["{\"payloadType\":".Length + 80] ^= 1;
        return other;
    }

    private DenyListAnswer Ask(int status, byte[] body) => new DenyListClient(new KeptDenyLists(Cache, Key), Key)
        .Get(_ => new HttpAnswer(status, body, status == 0 ? "no answer" : null), new UploadTarget(Server, "spk_test"));
}
