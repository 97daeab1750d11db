using System.Globalization;
using System.Security.Cryptography;

namespace Sallyport.Server.Tests.Commands;

/// <summary>The program with a master key that is not what it was: one line, and nothing is served.</summary>
public sealed class MasterKeyTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("sallyport-key-").FullName;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private string Key => Path.Combine(folder, "master.key");

    private string[] Where => ["--set", "listen=http://127.0.0.1:0", "--set", $"dataFolder={folder}"];

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [InlineData(0, "holds 0 bytes; a master key has 32")]
    [InlineData(5, "holds 5 bytes; a master key has 32")]
    [InlineData(33, "holds more than 32 bytes; a master key has 32")]
    public async Task A_file_that_is_no_key_is_told_by_a_check_and_at_the_start(int bytes, string told)
    {
        await File.WriteAllBytesAsync(Key, RandomNumberGenerator.GetBytes(bytes), Cancellation);
        await MistakeAsync(told, "--check");
        await MistakeAsync(told);
        Assert.False(File.Exists(Path.Combine(folder, "sallyport.db")));
    }

    [Fact]
    public async Task What_is_no_file_is_told()
    {
        Directory.CreateDirectory(Key);
        await MistakeAsync("cannot be read or made");
    }

    [Fact]
    public async Task Another_key_or_none_is_told_with_the_way_out_and_the_earlier_one_is_accepted_again()
    {
        await ServeAsync();
        var earlier = await File.ReadAllBytesAsync(Key, Cancellation);
        await File.WriteAllBytesAsync(Key, RandomNumberGenerator.GetBytes(32), Cancellation);
        await MistakeAsync("is another key than the one that encrypted the database's keys");
        File.Delete(Key);
        await MistakeAsync("the database has keys that a master key encrypted");
        Assert.False(File.Exists(Key));
        await File.WriteAllBytesAsync(Key, earlier, Cancellation);
        await ServeAsync();

        File.Delete(Key);
        var forgot = await ServerProgram.RunAsync(["forget-keys", .. Where]);
        Assert.True(forgot.ExitCode == 0, forgot.Errors);
        Assert.Contains("keys are forgotten", forgot.Output, StringComparison.Ordinal);
        Assert.Equal("server-keys.forgotten", (await FolderDatabase.AuditedAsync(folder))[^1]);
        await ServeAsync();
        Assert.NotEqual(earlier, await File.ReadAllBytesAsync(Key, Cancellation));
    }

    private async Task ServeAsync()
    {
        await using var server = ServerProgram.Start(Where);
        await server.UntilAsync("admin-link");
        await server.TerminateAsync();
        Assert.Equal(0, await server.EndAsync());
    }

    private async Task MistakeAsync(string told, params string[] options)
    {
        var (exitCode, output, errors) = await ServerProgram.RunAsync([.. options, .. Where]);
        Assert.True(exitCode == 64, string.Create(CultureInfo.InvariantCulture, $"{exitCode} {output} {errors}"));
        Assert.Equal("", output);
        var line = Assert.Single(errors.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.StartsWith($"sallyport-server: masterKeyFile: ", line, StringComparison.Ordinal);
        Assert.Contains(Key, line, StringComparison.Ordinal);
        Assert.Contains(told, line, StringComparison.Ordinal);
    }
}
