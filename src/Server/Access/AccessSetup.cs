using System.Net;
using System.Net.Sockets;
using System.Security.Claims;
using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Authentication.OAuth;
using Microsoft.AspNetCore.Authentication.OpenIdConnect;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.Extensions.Options;
using Sallyport.Server.Configuration;
using Sallyport.Server.Store;

namespace Sallyport.Server.Access;

/// <summary>Puts the parts of access together: who signs in how, and what comes of it.</summary>
internal static class AccessSetup
{
    /// <summary>Scheme of the provider that the operator configured.</summary>
    public const string ProviderScheme = "provider";

    /// <summary>Policy of attempts to sign in: <see cref="AttemptsPerMinute"/> by address.</summary>
    public const string SignInLimit = "sign-in";

    public const int AttemptsPerMinute = 10;

    /// <summary>Policy of pages and of what people read through the API: anybody who is signed in.</summary>
    public const string SignedIn = "signed-in";

    public static void AddAccess(this IServiceCollection services, ServerSettings settings)
    {
        services.AddServerKeys(settings);
        services.AddHttpClient(nameof(JobTokens), client => client.Timeout = TimeSpan.FromSeconds(10));
        services.AddSingleton<ApiKeys>();
        services.AddSingleton<JobTokens>();
        services.AddSingleton<CallerFinder>();
        services.AddSingleton<Audit>();
        services.AddSingleton<Accounts>();
        services.AddSingleton<Sessions>();
        AddSchemes(services, settings);
        services.AddAuthorizationBuilder().AddPolicy(SignedIn, policy => policy
            .AddAuthenticationSchemes(CookieAuthenticationDefaults.AuthenticationScheme, KeyAuthentication.SchemeName)
            .RequireAuthenticatedUser());
        services.AddRateLimiter(options =>
        {
            options.RejectionStatusCode = StatusCodes.Status429TooManyRequests;
            options.AddPolicy(SignInLimit, context => RateLimitPartition.GetFixedWindowLimiter(
                NetworkOf(context.Connection.RemoteIpAddress),
                _ => new FixedWindowRateLimiterOptions { PermitLimit = AttemptsPerMinute, Window = TimeSpan.FromMinutes(1) }));
        });
    }

    /// <summary>Secrets of the server itself, and what they are encrypted by.</summary>
    public static void AddServerKeys(this IServiceCollection services, ServerSettings settings)
    {
        services.AddDataProtection().SetApplicationName("sallyport-server");
        services.AddSingleton(_ => MasterKey.Open(settings.MasterKeyFile));
        services.AddSingleton<StoredProtectionKeys>();
        services.AddSingleton<IConfigureOptions<KeyManagementOptions>>(provider => new ConfigureOptions<KeyManagementOptions>(
            options =>
            {
                options.XmlRepository = provider.GetRequiredService<StoredProtectionKeys>();
                options.XmlEncryptor = new MasterKeyEncryptor(provider.GetRequiredService<MasterKey>());
            }));
        services.AddSingleton<ServerKeys>();
    }

    // Whoever has one address of IPv6 has the 2^64 of its network (RFC 6177).
    private static string NetworkOf(IPAddress? address) => address switch
    {
        null => "",
        { AddressFamily: AddressFamily.InterNetworkV6, IsIPv4MappedToIPv6: false } => new IPNetwork(Prefix(address), 64).ToString(),
        _ => address.ToString(),
    };

    private static IPAddress Prefix(IPAddress address)
    {
        var bytes = address.GetAddressBytes();
        bytes.AsSpan(8).Clear();
        return new IPAddress(bytes);
    }

    private static void AddSchemes(IServiceCollection services, ServerSettings settings)
    {
        var authentication = services.AddAuthentication(CookieAuthenticationDefaults.AuthenticationScheme)
            .AddScheme<AuthenticationSchemeOptions, KeyAuthentication>(KeyAuthentication.SchemeName, null)
            .AddCookie(options =>
            {
                var isSecure = settings.PublicUrl.Scheme == "https";
                options.Cookie.Name = isSecure ? "__Host-sallyport" : "sallyport";
                options.Cookie.HttpOnly = true;
                options.Cookie.SameSite = SameSiteMode.Lax;
                options.Cookie.SecurePolicy = isSecure ? CookieSecurePolicy.Always : CookieSecurePolicy.SameAsRequest;
                options.ExpireTimeSpan = Sessions.Idle;
                options.SlidingExpiration = true;
                options.LoginPath = "/sign-in";
                options.AccessDeniedPath = "/denied";
                options.ReturnUrlParameter = "to";
                options.Events.OnValidatePrincipal = Sessions.ValidateAsync;
                // Programs are told so, not led to a page.
                options.Events.OnRedirectToLogin = context => Redirect(context, StatusCodes.Status401Unauthorized);
                options.Events.OnRedirectToAccessDenied = context => Redirect(context, StatusCodes.Status403Forbidden);
            });
        switch (settings.SignIn)
        {
            case { IsGitHub: true } github:
                authentication.AddOAuth(ProviderScheme, options => GitHub(options, github));
                break;
            case { } provider:
                authentication.AddOpenIdConnect(ProviderScheme, options => Provider(options, provider));
                break;
            default:
                break;
        }
    }

    private static Task Redirect(RedirectContext<CookieAuthenticationOptions> context, int status)
    {
        if (context.Request.Path.StartsWithSegments("/api", StringComparison.Ordinal))
        {
            context.Response.StatusCode = status;
        }
        else
        {
            context.Response.Redirect(context.RedirectUri);
        }

        return Task.CompletedTask;
    }

    private static void Provider(OpenIdConnectOptions options, SignInSettings settings)
    {
        options.Authority = settings.Authority!.ToString();
        options.RequireHttpsMetadata = !settings.Authority.IsLoopback;
        options.ClientId = settings.ClientId;
        options.ClientSecret = settings.ClientSecret;
        options.ResponseType = "code";
        options.UsePkce = true;
        options.MapInboundClaims = false;
        options.CallbackPath = "/sign-in/callback";
        options.Scope.Add("profile");
        options.GetClaimsFromUserInfoEndpoint = true;
        options.Events.OnTicketReceived = async context =>
            context.Principal = await AccountOf(
                context.HttpContext, options.Authority, context.Principal!, "sub", [settings.NameClaim, "name", "email", "sub"]);
    }

    // GitHub's sign-in is OAuth 2.0 (RFC 6749) with a user endpoint of its own.
    private static void GitHub(OAuthOptions options, SignInSettings settings)
    {
        options.AuthorizationEndpoint = "https://github.com/login/oauth/authorize";
        options.TokenEndpoint = "https://github.com/login/oauth/access_token";
        options.UserInformationEndpoint = "https://api.github.com/user";
        options.ClientId = settings.ClientId;
        options.ClientSecret = settings.ClientSecret;
        options.UsePkce = true;
        options.CallbackPath = "/sign-in/callback";
        options.ClaimActions.MapJsonKey("sub", "id");
        options.ClaimActions.MapJsonKey("login", "login");
        options.Events.OnCreatingTicket = async context =>
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, context.Options.UserInformationEndpoint);
            request.Headers.Authorization = new("Bearer", context.AccessToken);
            request.Headers.UserAgent.ParseAdd("sallyport-server");
            using var response = await context.Backchannel.SendAsync(request, context.HttpContext.RequestAborted);
            response.EnsureSuccessStatusCode();
            using var user = System.Text.Json.JsonDocument.Parse(await response.Content.ReadAsStringAsync(context.HttpContext.RequestAborted));
            context.RunClaimActions(user.RootElement);
        };
        options.Events.OnTicketReceived = async context =>
            context.Principal = await AccountOf(context.HttpContext, "https://github.com", context.Principal!, "sub", ["login"]);
    }

    private static async Task<ClaimsPrincipal> AccountOf(
        HttpContext context, string issuer, ClaimsPrincipal said, string subjectClaim, string[] nameClaims)
    {
        var subject = said.FindFirstValue(subjectClaim) ?? throw new InvalidOperationException("the provider names no subject");
        // With the provider's host: nobody there is taken for an account of this server's own, least of all in the audit.
        var name = $"{DatabaseText.Clean(nameClaims.Select(said.FindFirstValue).First(value => value is not null)!, 100)}@{new Uri(issuer).Host}";
        var services = context.RequestServices;
        var account = await services.GetRequiredService<Accounts>().FindByProviderAsync(
            issuer, subject, name, Actor.Of(context), context.RequestAborted);
        return await services.GetRequiredService<Sessions>().PrincipalAsync(account, context.RequestAborted);
    }
}
