using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Sallyport.Server.Tests.Ui;

/// <summary>
/// Chromium without a window, driven over the DevTools protocol (https://chromedevtools.github.io/devtools-protocol/):
/// nothing but the distribution's browser is needed. It is spoken to over two pipes, so that it may run in another network namespace. Its
/// profile is a folder of its own and goes with it.
/// </summary>
internal sealed class Chromium : IAsyncDisposable
{
    private const int StartSeconds = 180;
    private const int AnswerSeconds = 120;

    /// <summary>As a browser with --remote-debugging-pipe has it: it reads from descriptor 3 and writes to 4. Messages end with NUL.</summary>
    private const string WithPipes = "exec \"$@\" 3<&0 4>&1 < /dev/null > /dev/null 2>&1";

    private readonly Process process;
    private readonly DirectoryInfo profile;
    private readonly ConcurrentDictionary<int, TaskCompletionSource<JsonNode>> waiting = new();
    private readonly SemaphoreSlim sending = new(1);
    private readonly CancellationTokenSource ending = new();
    private Task reading = Task.CompletedTask;
    private int lastId;

    private Chromium(Process process, DirectoryInfo profile) => (this.process, this.profile) = (process, profile);

    /// <summary>Called with every event: its session, its name, its parameters.</summary>
    public event Action<string, string, JsonNode?>? Happened;

    private static string? Browser { get; } = new[] { "/usr/bin/chromium", "/usr/bin/chromium-browser" }.FirstOrDefault(File.Exists);

    /// <param name="within">Command that starts it elsewhere: nsenter(1) and what it needs.</param>
    public static async Task<Chromium> StartAsync(params IEnumerable<string> within)
    {
        Assert.SkipWhen(Browser is null, "chromium is not installed (eng/install-packages test)");
        var profile = Directory.CreateTempSubdirectory("sallyport-chromium-");
        string[] arguments =
        [
            "-c", WithPipes, "sh", .. within, Browser!,
            "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run", "--hide-scrollbars",
            "--disable-background-networking", "--disable-component-update", "--disable-sync", "--metrics-recording-only",
            "--remote-debugging-pipe", $"--user-data-dir={profile.FullName}", "about:blank",
        ];
        var process = Process.Start(new ProcessStartInfo("/bin/sh", arguments) { RedirectStandardInput = true, RedirectStandardOutput = true })!;
        var chromium = new Chromium(process, profile);
        try
        {
            chromium.reading = chromium.ReadAsync();
            await chromium.CallAsync("Browser.getVersion", [], seconds: StartSeconds);
            return chromium;
        }
        catch
        {
            await chromium.DisposeAsync();
            throw;
        }
    }

    /// <summary>Opens a page.</summary>
    public async Task<ChromiumPage> OpenAsync(int width = 1280, int height = 900)
    {
        var context = await CallAsync("Target.createBrowserContext", new JsonObject());
        var target = await CallAsync("Target.createTarget", new JsonObject
        {
            ["url"] = "about:blank",
            ["browserContextId"] = (string)context["browserContextId"]!,
        });
        var attached = await CallAsync("Target.attachToTarget", new JsonObject { ["targetId"] = (string)target["targetId"]!, ["flatten"] = true });
        var page = new ChromiumPage(this, (string)attached["sessionId"]!, (string)context["browserContextId"]!);
        await page.PrepareAsync(width, height);
        return page;
    }

    public async Task<JsonNode> CallAsync(string method, JsonObject parameters, string? session = null, int seconds = AnswerSeconds)
    {
        var id = Interlocked.Increment(ref lastId);
        var answer = waiting[id] = new TaskCompletionSource<JsonNode>(TaskCreationOptions.RunContinuationsAsynchronously);
        var message = new JsonObject { ["id"] = id, ["method"] = method, ["params"] = parameters };
        if (session is not null)
        {
            message["sessionId"] = session;
        }

        await sending.WaitAsync(ending.Token);
        try
        {
            await process.StandardInput.BaseStream.WriteAsync((byte[])[.. JsonSerializer.SerializeToUtf8Bytes<JsonNode>(message), 0], ending.Token);
            await process.StandardInput.BaseStream.FlushAsync(ending.Token);
        }
        finally
        {
            sending.Release();
        }

        try
        {
            return await answer.Task.WaitAsync(TimeSpan.FromSeconds(seconds), ending.Token);
        }
        finally
        {
            waiting.TryRemove(id, out _);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await ending.CancelAsync();
        process.Kill(entireProcessTree: true);
        await process.WaitForExitAsync(CancellationToken.None);
        await reading;
        process.Dispose();
        sending.Dispose();
        ending.Dispose();
        // Its last children may still write as they end.
        for (var tries = 0; tries < 300; tries++)
        {
            try
            {
                profile.Delete(recursive: true);
                return;
            }
            catch (IOException) when (tries < 299)
            {
                await Task.Delay(100, CancellationToken.None);
            }
        }
    }

    private async Task ReadAsync()
    {
        var buffer = new byte[1 << 16];
        using var message = new MemoryStream();
        try
        {
            while (await process.StandardOutput.BaseStream.ReadAsync(buffer, ending.Token) is > 0 and var count)
            {
                for (var rest = buffer.AsMemory(0, count); rest.Length > 0;)
                {
                    var end = rest.Span.IndexOf((byte)0);
                    message.Write(rest.Span[..(end < 0 ? rest.Length : end)]);
                    rest = rest[(end < 0 ? rest.Length : end + 1)..];
                    if (end >= 0)
                    {
                        Take(JsonNode.Parse(message.GetBuffer().AsSpan(0, (int)message.Length))!);
                        message.SetLength(0);
                    }
                }
            }
        }
        catch (OperationCanceledException)
        {
        }

        foreach (var answer in waiting.Values)
        {
            answer.TrySetException(new InvalidOperationException("chromium has ended"));
        }
    }

    private void Take(JsonNode message)
    {
        if ((int?)message["id"] is { } id)
        {
            if (waiting.TryGetValue(id, out var answer))
            {
                _ = message["error"] is { } error
                    ? answer.TrySetException(new InvalidOperationException(error.ToJsonString()))
                    : answer.TrySetResult(message["result"]!);
            }
        }
        else
        {
            Happened?.Invoke((string?)message["sessionId"] ?? "", (string)message["method"]!, message["params"]);
        }
    }
}
