using System.Net;
using System.Net.Sockets;
using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.Extensions.Options;
using Sallyport.Server.Configuration;

namespace Sallyport.Server.Access;

/// <summary>Puts the parts of access together: who signs in how, and what comes of it.</summary>
internal static class AccessSetup
{
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
        services.AddSingleton<ProviderSignIn>();
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
        if (settings.SignIn is { } provider)
        {
            authentication.AddProvider(provider, settings.PublicUrl);
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
}
