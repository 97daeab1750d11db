using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Sallyport.Server.Configuration;

namespace Sallyport.Server.Ui.Pages.SignIn;

/// <summary>The ways in that there are.</summary>
[AllowAnonymous]
internal sealed class IndexModel(ServerSettings settings, TimeProvider time) : SitePage(time)
{
    /// <summary>Where to go after; always a page of this server.</summary>
    public string To { get; private set; } = "/";

    public bool Failed { get; private set; }

    /// <summary>Name of the provider; null when there is none.</summary>
    public string? Provider => settings.SignIn switch
    {
        null => null,
        { IsGitHub: true } => "GitHub",
        var provider => provider.Authority!.Host,
    };

    public void OnGet(string? to, bool failed)
    {
        To = Url.IsLocalUrl(to) ? to : "/";
        Failed = failed;
    }
}
