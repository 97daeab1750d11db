using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using Sallyport.Agent.Configuration;
using Sallyport.Agent.Host;

namespace Sallyport.Agent.Upload;

/// <summary>
/// HTTP by curl(1): the agent itself holds no TLS, and what answers hostile bytes is another process (ADR 0025). What is secret
/// goes by the configuration on standard input, never by arguments; bodies by files that only root can read.
/// </summary>
internal sealed class CurlClient : IDisposable
{
    internal const int MaximumAnswer = 2 << 20;

    /// <summary>Of an answer's headers.</summary>
    private const int MaximumHeaders = 64 << 10;

    // curl(1), EXIT CODES: larger than max-filesize.
    private const int TooLarge = 63;

    /// <summary>Requests of one call: they share a connection.</summary>
    internal const int MaximumTogether = 32;

    private readonly string folder;
    private readonly string? proxy;

    /// <param name="folder">For bodies and answers; made for root alone, and removed.</param>
    /// <param name="proxy">Of HTTP; null for what the environment says; the agent's own has none.</param>
    internal CurlClient(string folder, string? proxy = null)
    {
        (this.folder, this.proxy) = (folder, proxy);
        RootFolder.Ensure(folder);
    }

    /// <summary>For one question of a job to its server.</summary>
    /// <param name="target">The server.</param>
    /// <param name="what">Name of its folder, beside this process's number.</param>
    /// <param name="seconds">That it may take.</param>
    internal static CurlClient Asking(UploadTarget target, string what, int seconds) =>
        new(Path.Combine(AgentFolders.Uploads, string.Create(CultureInfo.InvariantCulture, $"{what}-{Environment.ProcessId}")), target.Proxy)
        {
            Seconds = seconds,
        };

    /// <summary>Sends requests, one after the other.</summary>
    /// <returns>An answer for each, in their order.</returns>
    internal IReadOnlyList<HttpAnswer> Send(IReadOnlyList<HttpExchange> exchanges)
    {
        var configuration = new StringBuilder();
        for (var i = 0; i < exchanges.Count; i++)
        {
            RootFile.Replace(PathOf("body", i), exchanges[i].Body.Span);
            Describe(configuration, exchanges[i], i);
        }

        var (lines, isWhole, why) = Run(configuration.ToString(), exchanges.Count);
        var answers = new List<HttpAnswer>(exchanges.Count);
        for (var i = 0; i < exchanges.Count; i++)
        {
            // The first that fails is the last that there is a line of: its number may have come, and the rest of it not.
            var isThere = i < (isWhole ? lines.Length : lines.Length - 1);
            var status = isThere && int.TryParse(lines[i], NumberStyles.None, CultureInfo.InvariantCulture, out var code) ? code : 0;
            answers.Add(new HttpAnswer(
                status, Read("answer", i, MaximumAnswer), status == 0 ? why ?? "no answer" : null,
                status == 0 ? null : RetryAfter.Read(Read("headers", i, MaximumHeaders), TimeProvider.System.GetUtcNow())));
            File.Delete(PathOf("body", i));
            File.Delete(PathOf("answer", i));
            File.Delete(PathOf("headers", i));
        }

        return answers;
    }

    /// <summary>That one request may take.</summary>
    internal int Seconds { get; init; } = 30;

    public void Dispose() => _ = Control.OwnPath.Remove(folder);

    private void Describe(StringBuilder text, HttpExchange exchange, int number)
    {
        text.Append(number == 0 ? "fail-early\ngloboff\n" : "next\ngloboff\n");
        if (proxy is not null)
        {
            Option(text, "proxy", proxy);
        }

        Option(text, "url", exchange.Address);
        if (exchange.Method != "GET")
        {
            Option(text, "request", exchange.Method);
            Option(text, "data-binary", "@" + PathOf("body", number));
        }

        Option(text, "header", $"Authorization: Bearer {exchange.Bearer}");
        Option(text, "header", $"Content-Type: {exchange.ContentType}");
        Option(text, "header", "Expect:");
        foreach (var (name, value) in exchange.Headers)
        {
            Option(text, "header", $"{name}: {value}");
        }

        Option(text, "output", PathOf("answer", number));
        Option(text, "dump-header", PathOf("headers", number));
        text.Append("write-out = \"%{http_code}\\n\"\n");
        Option(text, "proto", "=http,https");
        Option(text, "user-agent", $"sallyport/{Version.Text}");
        text.Append(CultureInfo.InvariantCulture, $"max-time = {Seconds}\nconnect-timeout = 10\nmax-filesize = {MaximumAnswer}\n");
    }

    // Within quotes curl's configuration knows \\ and \"; a line cannot be in a value, so none can end the option.
    private static void Option(StringBuilder text, string name, string value)
    {
        if (value.AsSpan().ContainsAny('\r', '\n', '\0'))
        {
            throw new ArgumentException($"a value of {name} has more than one line", nameof(value));
        }

        text.Append(name).Append(" = \"")
            .Append(value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal))
            .Append("\"\n");
    }

    private (string[] Lines, bool IsWhole, string? Why) Run(string configuration, int count)
    {
        // The first argument: no ~/.curlrc of anybody.
        var start = new ProcessStartInfo("/usr/bin/curl", ["--disable", "--silent", "--show-error", "--config", "-"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = "/",
        };
        try
        {
            using var process = Process.Start(start)!;
            process.StandardInput.Write(configuration);
            process.StandardInput.Close();
            var output = process.StandardOutput.ReadToEndAsync();
            var error = process.StandardError.ReadToEndAsync();
            if (!process.WaitForExit(TimeSpan.FromSeconds((Seconds + 5) * count)))
            {
                process.Kill();
                process.WaitForExit();
            }

            var said = error.GetAwaiter().GetResult().Split('\n', StringSplitOptions.RemoveEmptyEntries).FirstOrDefault();
            return (
                output.GetAwaiter().GetResult().Split('\n', StringSplitOptions.RemoveEmptyEntries),
                process.ExitCode is 0 or TooLarge, said);
        }
        catch (Win32Exception e)
        {
            return ([], false, $"curl cannot be started: {e.Message}");
        }
    }

    private byte[] Read(string what, int number, int bound)
    {
        var path = PathOf(what, number);
        if (!File.Exists(path))
        {
            return [];
        }

        using var file = File.OpenRead(path);
        var bytes = new byte[Math.Min(file.Length, bound)];
        file.ReadExactly(bytes);
        return bytes;
    }

    private string PathOf(string what, int number) => Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"{what}-{number}"));
}
