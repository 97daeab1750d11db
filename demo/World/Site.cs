using System.Net;
using System.Security.Cryptography.X509Certificates;

namespace Sallyport.Demo.World;

/// <summary>One web host: TLS on port 443 with a certificate for its name, and cleartext on the ports given.</summary>
internal static class Site
{
    private const int TlsPort = 443;

    internal static WebApplication Create(
        CertificateAuthority authority, string name, IPAddress address, ReadOnlySpan<int> cleartextPorts)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration();
        X509Certificate2 certificate = authority.Issue(name);
        int[] ports = cleartextPorts.ToArray();
        builder.WebHost.ConfigureKestrel(server =>
        {
            server.Listen(address, TlsPort, endpoint => endpoint.UseHttps(certificate));
            foreach (int port in ports)
            {
                server.Listen(address, port);
            }
        });
        return builder.Build();
    }
}
