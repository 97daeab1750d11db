using System.Collections.Immutable;
using System.IO.Compression;
using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using Sallyport.Reporting;

namespace Sallyport.Server.Ui;

/// <summary>Stylesheets and scripts: those of Ui/Assets, and the view that report.html has too. Made once.</summary>
internal sealed class Assets
{
    private const string Prefix = "assets/";

    // The page of a job: the view's script begins with what follows the job, instead of with inlined data.
    private const string Start = "live.js";

    private readonly ImmutableDictionary<string, Asset> all;

    public Assets()
    {
        var texts = Assembly.GetExecutingAssembly().GetManifestResourceNames()
            .Where(name => name.StartsWith(Prefix, StringComparison.Ordinal))
            .ToDictionary(name => name[Prefix.Length..], Read);
        texts["job.js"] = HtmlRenderer.ScriptOf(texts[Start]);
        texts["report.css"] = HtmlRenderer.Stylesheet;
        texts.Remove(Start);
        all = texts.ToImmutableDictionary(pair => pair.Key, pair => Make(pair.Key, pair.Value));
    }

    public Asset? Find(string name) => all.GetValueOrDefault(name);

    /// <summary>Address of an asset in its present version.</summary>
    public string this[string name] => $"/assets/{name}?v={all[name].Digest[..16]}";

    private static string Read(string name)
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(name)!;
        using var reader = new StreamReader(stream, Encoding.UTF8);
        return reader.ReadToEnd();
    }

    private static Asset Make(string name, string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.SmallestSize))
        {
            gzip.Write(bytes);
        }

        var type = Path.GetExtension(name) switch
        {
            ".css" => "text/css; charset=utf-8",
            ".js" => "text/javascript; charset=utf-8",
            ".svg" => "image/svg+xml",
            var other => throw new InvalidOperationException($"no media type for {other}"),
        };
        return new Asset(type, bytes, packed.ToArray(), Convert.ToHexStringLower(SHA256.HashData(bytes)));
    }
}
