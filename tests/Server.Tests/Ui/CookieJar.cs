using System.Net;
using System.Text.RegularExpressions;

namespace Sallyport.Server.Tests.Ui;

/// <summary>Keeps cookies as a browser does, but for their end: the server's clock is a test's, and not that of the machine.</summary>
internal sealed partial class CookieJar : DelegatingHandler
{
    private readonly CookieContainer cookies = new();

    public CookieJar() => InnerHandler = new HttpClientHandler { AllowAutoRedirect = false, UseCookies = false };

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var uri = request.RequestUri!;
        if (cookies.GetCookieHeader(uri) is { Length: > 0 } kept)
        {
            request.Headers.Add("Cookie", kept);
        }

        var response = await base.SendAsync(request, cancellationToken);
        foreach (var cookie in response.Headers.TryGetValues("Set-Cookie", out var set) ? set : [])
        {
            cookies.SetCookies(uri, End().Replace(cookie, ""));
        }

        return response;
    }

    // One that is taken away comes with an end that has passed and without a value.
    [GeneratedRegex("; (?:expires|max-age)=[^;]*", RegexOptions.IgnoreCase)]
    private static partial Regex End();
}
