namespace Sallyport.Server.Ui;

/// <summary>
/// Secure whatever the request was: people call over TLS, which a proxy may end that does not say so. The policy that says the same would
/// have every form fail behind such a one.
/// </summary>
internal sealed class SecureCookie : CookieBuilder
{
    public override CookieOptions Build(HttpContext context, DateTimeOffset expiresFrom)
    {
        var options = base.Build(context, expiresFrom);
        options.Secure = true;
        return options;
    }
}
