using System.Security.Cryptography;
using System.Text;
using Sallyport.Policy.Machine;
using Sallyport.Protocol.DenyLists;
using Sallyport.Server.Store;

namespace Sallyport.Server.Tests.Commands;

/// <summary>A deny list that is signed where no server is, by the program's command.</summary>
public sealed class DenyListCommandTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("sallyport-deny-list-").FullName;

    private string Secret => Path.Combine(folder, "deny-list.key");

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task A_key_that_the_server_never_sees_signs_what_it_takes()
    {
        var list = await FileAsync("list.txt", "evil.example # beacon\n");
        var key = (await InProcess.RunAsync(0, "deny-list", "new-key", Secret)).Output.Trim();
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Secret));
        await InProcess.RunAsync(66, "deny-list", "new-key", Secret);

        var signed = (await InProcess.RunAsync(0, "deny-list", "sign", "Octo", list, "--key", Secret, "--number", "3")).Output;
        Assert.True(PublicKeyText.TryRead(key, out var publicKey));
        Assert.True(DenyListSignature.TryOpen(Encoding.UTF8.GetBytes(signed), publicKey, out var opened, out var why), why);
        Assert.Equal(("octo", 3), (opened.Owner, opened.Version));
        Assert.Empty(Directory.GetFiles(folder, "*.db"));
        var envelope = await FileAsync("envelope.json", signed);

        await InProcess.RunAsync(64, "deny-list", "import", "octo", envelope, "--set", $"dataFolder={folder}");
        await InProcess.RunAsync(0, "deny-list", "import", "octo", envelope, "--public-key", key, "--set", $"dataFolder={folder}");
        Assert.Contains(
            "version 3 is there", (await InProcess.RunAsync(64, "deny-list", "import", "octo", envelope, "--set", $"dataFolder={folder}")).Errors, StringComparison.Ordinal);
        Assert.Contains(
            "does not have", (await InProcess.RunAsync(64, "deny-list", "save", "octo", list, "--set", $"dataFolder={folder}")).Errors, StringComparison.Ordinal);
        await InProcess.RunAsync(0, "deny-list", "save", "octo", list, "--anew", "--set", $"dataFolder={folder}");
        Assert.NotEqual(key, (await InProcess.RunAsync(0, "deny-list", "key", "octo", "--set", $"dataFolder={folder}")).Output.Trim());
        Assert.Equal(["deny-list.imported", "deny-list.saved"], await FolderDatabase.AuditedAsync(folder));
    }

    [Fact]
    public async Task What_cannot_be_signed_is_said_and_nothing_is_printed()
    {
        await InProcess.RunAsync(0, "deny-list", "new-key", Secret);
        var list = await FileAsync("list.txt", "evil.example\nhttps://x # y\n");
        var (output, errors) = await InProcess.RunAsync(64, "deny-list", "sign", "octo", list, "--key", list, "--number", "1");
        Assert.Empty(output);
        Assert.Equal(3, errors.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
        await InProcess.RunAsync(64, "deny-list", "sign", "octo", await FileAsync("good.txt", ""), "--key", Secret, "--number", "0");
        await InProcess.RunAsync(66, "deny-list", "sign", "octo", Path.Combine(folder, "none"), "--key", Secret, "--number", "1");
    }

    [Fact]
    public async Task With_another_master_key_one_line_says_so_and_nothing_is_changed()
    {
        string[] where = ["--set", $"dataFolder={folder}"];
        var list = await FileAsync("list.txt", "evil.example # beacon\n");
        await InProcess.RunAsync(0, ["deny-list", "save", "octo", list, .. where]);
        var key = (await InProcess.RunAsync(0, ["deny-list", "key", "octo", .. where])).Output;
        var (before, master) = (await RowsAsync(), Path.Combine(folder, "master.key"));
        Assert.NotEmpty(before);
        var earlier = await File.ReadAllBytesAsync(master, TestContext.Current.CancellationToken);
        await InProcess.RunAsync(0, "deny-list", "new-key", Secret);
        var envelope = await FileAsync(
            "envelope.json", (await InProcess.RunAsync(0, "deny-list", "sign", "octo", list, "--key", Secret, "--number", "3")).Output);

        await File.WriteAllBytesAsync(master, RandomNumberGenerator.GetBytes(32), TestContext.Current.CancellationToken);
        foreach (var command in new string[][]
        {
            ["save", "octo", await FileAsync("other.txt", "other.example # beacon\n"), "--anew"], ["key", "octo"], ["key", "acme"],
            ["import", "octo", envelope, "--anew"],
        })
        {
            var (output, errors) = await InProcess.RunAsync(64, ["deny-list", .. command, .. where]);
            Assert.Empty(output);
            Assert.StartsWith(
                $"sallyport-server: masterKeyFile: {master} is another key", Assert.Single(errors.Split('\n', StringSplitOptions.RemoveEmptyEntries)),
                StringComparison.Ordinal);
        }

        await File.WriteAllBytesAsync(master, earlier, TestContext.Current.CancellationToken);
        Assert.Equal(before, await RowsAsync());
        Assert.Equal(key, (await InProcess.RunAsync(0, ["deny-list", "key", "octo", .. where])).Output);
    }

    // The lists and the keys that stand in the database.
    private async Task<List<string>> RowsAsync()
    {
        await using var database = new Database(DatabaseKind.Sqlite, $"Data Source={Path.Combine(folder, "sallyport.db")}");
        return await database.ListAsync<string>(
            "SELECT envelope FROM deny_list_version UNION ALL SELECT name || ' ' || value FROM server_key ORDER BY 1", null, TestContext.Current.CancellationToken);
    }

    private async Task<string> FileAsync(string name, string text)
    {
        var path = Path.Combine(folder, name);
        await File.WriteAllTextAsync(path, text, TestContext.Current.CancellationToken);
        return path;
    }
}
