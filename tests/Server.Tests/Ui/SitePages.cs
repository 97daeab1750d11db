using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.Mvc.RazorPages.Infrastructure;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Sallyport.Server.Tests.Ui;

/// <summary>A Razor page of the server, as its endpoint says.</summary>
/// <param name="Path">As in <c>/jobs/{id}</c>.</param>
/// <param name="IsAnonymous">Whether somebody who has not signed in may see it.</param>
/// <param name="Forms">Its handlers of POST, as <c>/policies Attach</c>; the one without a name as the path alone.</param>
internal sealed partial record SitePages(string Path, bool IsAnonymous, IReadOnlyList<string> Forms)
{
    /// <summary>Pages that are not there without their arguments.</summary>
    private static readonly string[] Needing = ["/destination", "/policies/edit", "/policies/deny-list", "/policies/overrides"];

    /// <summary>Every page that there is: a new one is in every test of them all.</summary>
    public static async Task<IReadOnlyList<SitePages>> AllAsync(TestServer server)
    {
        var loader = server.Services.GetRequiredService<PageLoader>();
        var pages = new List<SitePages>();
        foreach (var endpoint in server.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>())
        {
            if (endpoint.Metadata.GetMetadata<PageActionDescriptor>() is { } action)
            {
                var page = await loader.LoadAsync(action, endpoint.Metadata);
                var path = Constraint().Replace($"/{endpoint.RoutePattern.RawText!.TrimStart('/')}", "{$1}");
                pages.Add(new SitePages(
                    path,
                    page.ModelTypeInfo?.IsDefined(typeof(AllowAnonymousAttribute), inherit: true) == true,
                    [.. page.HandlerMethods.Where(handler => handler.HttpMethod == "Post").Select(handler => $"{path} {handler.Name}".TrimEnd())]));
            }
        }

        return pages;
    }

    /// <summary>Addresses of the pages for who has signed in that are there by themselves.</summary>
    public static async Task<IReadOnlyList<string>> ListsAsync(TestServer server) =>
        [.. (await AllAsync(server)).Where(page => !page.IsAnonymous && !page.Path.Contains('{', StringComparison.Ordinal) && !Needing.Contains(page.Path))
            .Select(page => page.Path)];

    [GeneratedRegex(@"\{(\w+)[^}]*\}")]
    private static partial Regex Constraint();
}
