using System.Globalization;
using System.Text;
using Sallyport.Policy.Machine;
using Sallyport.Protocol.ServerOverrides;

namespace Sallyport.Server.Tests.Commands;

/// <summary>Overrides from the command line: by the server's own key, and by one that it never sees.</summary>
public sealed class OverrideCommandTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("sallyport-override-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task A_key_that_the_server_never_sees_signs_what_it_takes()
    {
        var secret = Path.Combine(folder, "owner.key");
        var until = TimeProvider.System.GetUtcNow().AddHours(2).ToString("u", CultureInfo.InvariantCulture);
        string[] asked = ["--reason", "moved", "--until", until];
        string[] where = ["--set", $"dataFolder={folder}"];
        var key = (await InProcess.RunAsync(0, "deny-list", "new-key", secret)).Output.Trim();
        var signed = (await InProcess.RunAsync(0, ["override", "sign", "Octo", "--key", secret, "--by", "mona", "--repository", "site", .. asked])).Output;
        Assert.True(PublicKeyText.TryRead(key, out var publicKey));
        Assert.True(OverrideSignature.TryRead(Encoding.UTF8.GetBytes(signed), out var envelope, out var why), why);
        Assert.True(OverrideSignature.TryOpen(envelope, publicKey, out var opened, out why), why);
        Assert.Equal(("octo", "octo/site", "mona"), (opened.Owner, opened.Repository, opened.By));
        Assert.Empty(Directory.GetFiles(folder, "*.db"));
        var file = Path.Combine(folder, "envelope.json");
        await File.WriteAllTextAsync(file, signed, TestContext.Current.CancellationToken);

        await InProcess.RunAsync(0, ["override", "import", "octo", file, "--public-key", key, .. where]);
        await InProcess.RunAsync(0, ["override", "save", "octo", .. asked, .. where]);
        await InProcess.RunAsync(0, ["override", "revoke", "octo", opened.Id, .. where]);
        Assert.Contains("none of that id", (await InProcess.RunAsync(64, ["override", "revoke", "octo", opened.Id, .. where])).Errors, StringComparison.Ordinal);
        foreach (var (time, mistake) in new[] { ("soon", "is no time"), ("2020-01-01T00:00:00Z", "over already"), ("2999-01-01T00:00:00Z", "at most 24") })
        {
            Assert.Contains(
                mistake, (await InProcess.RunAsync(64, ["override", "save", "octo", "--reason", "moved", "--until", time, .. where])).Errors, StringComparison.Ordinal);
        }

        Assert.Equal(["override.imported", "override.signed", "override.revoked"], await FolderDatabase.AuditedAsync(folder));
    }
}
