using System.Collections.Immutable;
using System.Text;
using Sallyport.Protocol.Hashing;
using Sallyport.Protocol.Report;
using Sallyport.Reporting.Showing;

namespace Sallyport.Reporting;

/// <summary>
/// The report as one HTML file: the view's script and stylesheet and the JSON, inlined. Its Content-Security-Policy
/// (CSP Level 3) allows these two by their hashes and nothing else: no network, no other script.
/// </summary>
public static class HtmlRenderer
{
    /// <summary>Parts of the script, in the order in which they use each other; a test compares them with the folder.</summary>
    internal static readonly ImmutableArray<string> Parts =
    [
        "words", "text", "elements", "job", "state", "table", "head", "timeline", "network", "processes", "tabs", "files", "page",
    ];

    private static readonly Lazy<string> Script = new(() =>
        ScriptOf("draw(JSON.parse(document.getElementById('data').textContent));\nwire();\n"));

    private static readonly Lazy<string> Style = new(() => Resource("report.css"));

    /// <summary>The stylesheet of the view.</summary>
    public static string Stylesheet => Style.Value;

    /// <summary>The script of the view, one function around all: nothing of it is global.</summary>
    /// <param name="start">What begins it, as its last part: it calls <c>draw(report)</c> and <c>wire()</c>.</param>
    public static string ScriptOf(string start) =>
        "'use strict';\n(() => {\n" + string.Join('\n', Parts.Select(part => Resource(part + ".js"))) + start + "})();\n";

    /// <summary>Renders a report.</summary>
    public static string Render(ReportDocument report)
    {
        using var page = new MemoryStream();
        Write(page, report);
        return Encoding.UTF8.GetString(page.GetBuffer(), 0, (int)page.Length);
    }

    /// <summary>Writes it as UTF-8; a large report is never in memory as text.</summary>
    public static void Write(Stream stream, ReportDocument report)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(report);
        stream.Write(Encoding.UTF8.GetBytes(Head(report)));

        // The encoder of report.json writes < > & ' " as \uXXXX: nothing in it can end the element.
        ReportJson.Write(stream, report, indented: false);
        stream.Write(Encoding.UTF8.GetBytes($"""
            </script>
            <script>{Script.Value}</script>
            </body>
            </html>

            """));
    }

    /// <summary>Up to the data.</summary>
    private static string Head(ReportDocument report)
    {
        var policy = $"default-src 'none'; script-src '{Hash(Script.Value)}'; style-src '{Hash(Style.Value)}'; "
            + "base-uri 'none'; form-action 'none'";
        var title = $"Sallyport: {Verdict.Headline(new Digest(report))}";
        return $"""
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta http-equiv="Content-Security-Policy" content="{policy}">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="referrer" content="no-referrer">
            <title>{HostileText.Html(title)}</title>
            <style>{Style.Value}</style>
            </head>
            <body>
            <noscript><p>This page draws the report with its own script, which is switched off. The same report as text:
            <code>sallyport report recording.ndjson.zst</code></p></noscript>
            <main id="report"></main>
            <script type="application/json" id="data">
            """;
    }

    private static string Hash(string text) => $"sha256-{Convert.ToBase64String(Sha256.Digest(Encoding.UTF8.GetBytes(text)))}";

    private static string Resource(string name)
    {
        using var stream = typeof(HtmlRenderer).Assembly.GetManifestResourceStream(name)
            ?? throw new InvalidOperationException($"the assembly was built without {name}");
        using var reader = new StreamReader(stream, Encoding.UTF8);
        return reader.ReadToEnd().ReplaceLineEndings("\n");
    }
}
