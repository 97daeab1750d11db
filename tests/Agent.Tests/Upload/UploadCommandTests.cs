using System.Diagnostics;

namespace Sallyport.Agent.Tests.Upload;

/// <summary><c>sallyport upload</c> as it is called, against a server in trouble.</summary>
public sealed class UploadCommandTests : IDisposable
{
    private const int Segments = 40;

    private readonly TestFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task An_upload_that_was_killed_midway_is_repeated_and_nothing_is_there_twice()
    {
        var isDown = true;
        using var server = new ScriptedServer(
            (path, _) => isDown && path.EndsWith("/segments/7", StringComparison.Ordinal) ? ScriptedServer.Hang : null);
        var recording = WrittenRecording.Of(folder, Segments);
        using (var killed = Process.Start(new ProcessStartInfo(SallyportProcess.Program, Arguments(server, recording)))!)
        {
            Assert.True(await server.Hanging.WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken));
            killed.Kill(entireProcessTree: true);
            await killed.WaitForExitAsync(TestContext.Current.CancellationToken);
        }

        Assert.Equal((6, null), (server.Segments.Count, server.End));
        isDown = false;
        for (var time = 0; time < 2; time++)
        {
            var outcome = await SallyportProcess.Run(Arguments(server, recording));
            Assert.Equal((0, "https://sallyport.test/jobs/j1\n", ""), (outcome.Code, outcome.Output, outcome.Error));
            Assert.Equal(Enumerable.Range(1, Segments).Select(number => (long)number), server.Segments.Keys.Order());
            Assert.Equal("""{"segments":40,"undelivered":0}""", server.End);
        }
    }

    [Theory]
    [InlineData("409 Conflict", "9 of 40 segments were not delivered: HTTP 409")]
    [InlineData("422 Unprocessable Content", "9 of 40 segments were not delivered: HTTP 422")]
    public async Task What_was_not_delivered_is_said_and_is_a_failure(string refusal, string said)
    {
        using var server = new ScriptedServer((path, _) => path.EndsWith("/segments/7", StringComparison.Ordinal) ? refusal : null);
        var recording = WrittenRecording.Of(folder, Segments);
        var outcome = await SallyportProcess.Run(Arguments(server, recording));
        Assert.Equal((70, $"sallyport: {recording}: {said}\n"), (outcome.Code, outcome.Error));
    }

    private string[] Arguments(ScriptedServer server, string recording) =>
        ["upload", recording, "--server", server.Address, "--api-key-file", folder.File("key", "spk_a_b\n")];
}
