using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using Sallyport.Agent.Host;

namespace Sallyport.Agent.Upload;

/// <summary>
/// HTTP by curl(1): the agent itself holds no TLS, and what answers hostile bytes is another process (ADR 0025). What is secret
/// goes by the configuration on standard input, never by arguments; bodies by files that only root can read.
/// </summary>
internal sealed class CurlClient : IDisposable
{
    internal const int MaximumAnswer = 2 << 20;

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

    /// <summary>Sends requests, one after the other.</summary>
    /// <returns>An answer for each, in their order.</returns>
    internal IReadOnlyList<HttpAnswer> Send(IReadOnlyList<HttpExchange> exchanges)
    {
        var configuration = new StringBuilder();
        for (var i = 0; i < exchanges.Count; i++)
        {
            File.WriteAllBytes(PathOf("body", i), exchanges[i].Body.Span);
            Describe(configuration, exchanges[i], i);
        }

        var (lines, why) = Run(configuration.ToString(), exchanges.Count);
        var answers = new List<HttpAnswer>(exchanges.Count);
        for (var i = 0; i < exchanges.Count; i++)
        {
            var status = i < lines.Length && int.TryParse(lines[i], NumberStyles.None, CultureInfo.InvariantCulture, out var code) ? code : 0;
            answers.Add(new HttpAnswer(status, AnswerOf(i), status == 0 ? why ?? "no answer" : null));
            File.Delete(PathOf("body", i));
            File.Delete(PathOf("answer", i));
        }

        return answers;
    }

    /// <summary>That one request may take.</summary>
    internal int Seconds { get; init; } = 30;

    public void Dispose() => _ = Control.OwnPath.Remove(folder);

    private void Describe(StringBuilder text, HttpExchange exchange, int number)
    {
        text.Append("globoff\nfail-early\n");
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
        text.Append("write-out = \"%{http_code}\\n\"\n");
        Option(text, "proto", "=http,https");
        Option(text, "user-agent", $"sallyport/{Version.Text}");
        text.Append(CultureInfo.InvariantCulture, $"max-time = {Seconds}\nconnect-timeout = 10\nmax-filesize = {MaximumAnswer}\nnext\n");
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

    private (string[] Lines, string? Why) Run(string configuration, int count)
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
            return (output.GetAwaiter().GetResult().Split('\n', StringSplitOptions.RemoveEmptyEntries), said);
        }
        catch (Win32Exception e)
        {
            return ([], $"curl cannot be started: {e.Message}");
        }
    }

    private byte[] AnswerOf(int number)
    {
        var path = PathOf("answer", number);
        if (!File.Exists(path))
        {
            return [];
        }

        using var file = File.OpenRead(path);
        var bytes = new byte[Math.Min(file.Length, MaximumAnswer)];
        file.ReadExactly(bytes);
        return bytes;
    }

    private string PathOf(string what, int number) => Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"{what}-{number}"));
}
