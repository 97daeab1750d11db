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

    /// <summary>Why the provider's way in has led back here; null when it has not.</summary>
    public string? Refused { get; private set; }

    /// <summary>Name of the provider; null when there is none.</summary>
    public string? Provider => settings.SignIn switch
    {
        null => null,
        { IsGitHub: true } github when github.Authority == SignInSettings.GitHub => "GitHub",
        var provider => provider.Authority.Host,
    };

    public void OnGet(string? to, bool failed, string? refused)
    {
        To = Url.IsLocalUrl(to) ? to : "/";
        Failed = failed;
        Refused = refused switch
        {
            "provider" => $"{Show.Plain(Provider ?? "The provider", 80)} has signed nobody in, or what it said does not hold. The server's log says why.",
            "disabled" => "This account is disabled; an administrator of the server knows why.",
            _ => null,
        };
    }
}
