using System.Diagnostics;
using System.Net;
using System.Text.RegularExpressions;

namespace Sallyport.Bench.Server;

/// <summary>Somebody with a page open, signed in by a one-time link as people do.</summary>
internal sealed partial class PageReader : IDisposable
{
    private readonly HttpClient client;

    private PageReader(Uri address) => client = new HttpClient(
        new HttpClientHandler { AllowAutoRedirect = false, CookieContainer = new CookieContainer(), CheckCertificateRevocationList = true },
        disposeHandler: true)
    {
        BaseAddress = address,
        DefaultRequestHeaders = { { "Accept", "text/html" } },
    };

    /// <param name="address">Of the server.</param>
    /// <param name="link">As the server's own command prints it.</param>
    public static async Task<PageReader> SignInAsync(Uri address, Uri link)
    {
        var reader = new PageReader(address);
        var path = new Uri(link.AbsolutePath, UriKind.Relative);
        var token = Token().Match(await reader.client.GetStringAsync(path)).Groups["token"].Value;
        using var form = new FormUrlEncodedContent([new("__RequestVerificationToken", WebUtility.HtmlDecode(token))]);
        using var answer = await reader.client.PostAsync(path, form);
        return answer.StatusCode == HttpStatusCode.Found ? reader : throw new InvalidOperationException($"{path}: {answer.StatusCode}");
    }

    /// <returns>Milliseconds to the whole answer.</returns>
    public async Task<double> ReadAsync(string path)
    {
        var start = Stopwatch.GetTimestamp();
        using var answer = await client.GetAsync(new Uri(path, UriKind.Relative));
        _ = await answer.Content.ReadAsByteArrayAsync();
        return answer.StatusCode == HttpStatusCode.OK
            ? Stopwatch.GetElapsedTime(start).TotalMilliseconds
            : throw new InvalidOperationException($"{path}: {answer.StatusCode}");
    }

    public void Dispose() => client.Dispose();

    [GeneratedRegex("""name="__RequestVerificationToken" type="hidden" value="(?<token>[^"]+)""")]
    private static partial Regex Token();
}
