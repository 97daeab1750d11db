using Sallyport.Server.Access;
using Sallyport.Server.Configuration;

namespace Sallyport.Server.Commands;

/// <summary>Says where the server is, and how the first administrator gets in.</summary>
internal static class FirstLink
{
    public static async Task PrintAsync(WebApplication app, ServerSettings settings, CancellationToken cancellation)
    {
        var accounts = app.Services.GetRequiredService<Accounts>();
        await Console.Out.WriteLineAsync($"sallyport-server  {settings.PublicUrl}");
        if (!await accounts.HasAdministratorAsync(cancellation))
        {
            var secret = await accounts.InviteAdministratorAsync(Actor.Console, cancellation);
            await Console.Out.WriteLineAsync($"  administrator   {LinkOf(settings, secret)}");
            await Console.Out.WriteLineAsync($"                  once, within {Accounts.LinkTime.TotalHours:0} hours; another: sallyport-server admin-link");
        }
    }

    public static Uri LinkOf(ServerSettings settings, string secret) => new(settings.PublicUrl, $"sign-in/link/{secret}");
}
