namespace Sallyport.Server.Access;

/// <summary>Who changes something, for the audit.</summary>
/// <param name="Name">Of the account, or what the server itself is called.</param>
/// <param name="Address">It came from; null for the machine's own command line.</param>
internal sealed record Actor(string Name, string? Address)
{
    /// <summary>Whoever can run commands on the server's machine.</summary>
    public static Actor Console { get; } = new("console", null);

    public static Actor Of(HttpContext context) =>
        new(Viewer.Of(context.User).Name, context.Connection.RemoteIpAddress?.ToString());
}
