using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Sallyport.Server.Store;

namespace Sallyport.Server.Access;

/// <summary>What a provider said of somebody becomes a session of their account, or the sign-in page that says why not.</summary>
internal sealed partial class ProviderSignIn(Accounts accounts, Sessions sessions, ILogger<ProviderSignIn> log)
{
    private const int MaximumName = 100;

    /// <summary>The provider did not sign them in, or what it said does not hold.</summary>
    public static Task FailedAsync(RemoteFailureContext context)
    {
        context.HttpContext.RequestServices.GetRequiredService<ProviderSignIn>().Refuse(context.HttpContext, context.Failure?.Message ?? "nothing came");
        context.HandleResponse();
        return Task.CompletedTask;
    }

    /// <summary>The provider says who it is.</summary>
    /// <param name="context">With its claims; <c>sub</c> is the subject.</param>
    /// <param name="issuer">Of the subject.</param>
    /// <param name="nameClaims">The first that there is names the person.</param>
    public static async Task ReceivedAsync(TicketReceivedContext context, string issuer, string[] nameClaims) =>
        await context.HttpContext.RequestServices.GetRequiredService<ProviderSignIn>().AcceptAsync(context, issuer, nameClaims);

    /// <summary>To the sign-in page; why stands in the log alone, for a provider's words are not the server's.</summary>
    public void Refuse(HttpContext context, string why)
    {
        LogRefused(log, why);
        context.Response.Redirect("/sign-in?refused=provider");
    }

    private async Task AcceptAsync(TicketReceivedContext context, string issuer, string[] nameClaims)
    {
        var aborted = context.HttpContext.RequestAborted;
        var said = context.Principal!;
        if (said.FindFirstValue("sub") is not { Length: > 0 } subject
            || nameClaims.Select(said.FindFirstValue).FirstOrDefault(value => !string.IsNullOrWhiteSpace(value)) is not { } claimed)
        {
            Refuse(context.HttpContext, "it names no subject");
            context.HandleResponse();
            return;
        }

        // With the provider's host: nobody there is taken for an account of this server's own, least of all in the audit.
        var name = $"{DatabaseText.Clean(claimed, MaximumName)}@{new Uri(issuer).Host}";
        if (await accounts.FindByProviderAsync(issuer, subject, name, Actor.Of(context.HttpContext), aborted) is not { } account)
        {
            context.Response.Redirect("/sign-in?refused=disabled");
            context.HandleResponse();
            return;
        }

        context.Principal = await sessions.PrincipalAsync(account, aborted);
    }

    [LoggerMessage(3, LogLevel.Warning, "the provider signed nobody in: {Why}")]
    private static partial void LogRefused(ILogger log, string why);
}
