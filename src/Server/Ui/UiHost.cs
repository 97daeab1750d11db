using Microsoft.AspNetCore.Mvc.RazorPages;
using Sallyport.Server.Configuration;
using Sallyport.Server.Insights.Lists;

namespace Sallyport.Server.Ui;

/// <summary>The pages for people: what the rest of the server has to know of them.</summary>
internal static class UiHost
{
    public static IServiceCollection AddUi(this IServiceCollection services, ServerSettings settings)
    {
        services.AddRazorPages(pages => pages.RootDirectory = "/Ui/Pages");
        services.AddAntiforgery(forms =>
        {
            var isSecure = settings.PublicUrl.Scheme == "https";
            forms.Cookie = isSecure ? new SecureCookie() : new CookieBuilder();
            forms.Cookie.Name = isSecure ? "__Host-sallyport-form" : "sallyport-form";
            forms.Cookie.HttpOnly = true;
            forms.Cookie.SameSite = SameSiteMode.Strict;
            forms.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
            // The headers of every answer say it already, and more strictly.
            forms.SuppressXFrameOptionsHeader = true;
        });
        services.AddSingleton<Assets>();
        services.AddSingleton<Runs>();
        services.AddSingleton<Places>();
        services.AddSingleton<Unprotected>();
        services.AddSingleton<Destinations>();
        services.AddSingleton<Findings>();
        services.AddSingleton<Suppressions>();
        services.AddSingleton<Runners>();
        services.AddSingleton<Trends>();
        services.AddSingleton<JobSearch>();
        services.AddSingleton<Owners>();
        return services;
    }

    /// <summary>What goes around every answer.</summary>
    public static void Use(WebApplication app)
    {
        app.Use(SecurityHeaders.AddAsync);
        app.UseWhen(WantsPage, pages => pages.UseStatusCodePagesWithReExecute("/missing"));
        // After it, or the page for what is missing would not be found.
        app.UseRouting();
    }

    /// <summary>Puts the pages and what they fetch in; everything but assets and sign-in is for people who have signed in.</summary>
    public static void Map(WebApplication app)
    {
        app.MapRazorPages().RequireAuthorization();
        AssetEndpoints.Map(app);
        JobFiles.Map(app.MapGroup("/jobs").RequireAuthorization().ExcludeFromDescription());
    }

    private static bool WantsPage(HttpContext context) =>
        !context.Request.Path.StartsWithSegments("/api", StringComparison.Ordinal)
        && context.Request.Headers.Accept.ToString().Contains("text/html", StringComparison.Ordinal);
}
