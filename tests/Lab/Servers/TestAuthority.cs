using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Sallyport.Lab.Servers;

/// <summary>A certificate authority of this test process. Each name that is asked for gets a certificate.</summary>
internal static class TestAuthority
{
    private static readonly Lazy<X509Certificate2> s_root = new(MakeRoot);

    // Bounded by the names that the tests use; lives as long as the test process.
    private static readonly ConcurrentDictionary<string, X509Certificate2> s_servers = new(StringComparer.Ordinal);

    /// <summary>The root, in PEM, for the clients' trust.</summary>
    internal static string RootPem => s_root.Value.ExportCertificatePem();

    /// <summary>A certificate for the name, if it is one, and for every address of the world.</summary>
    internal static X509Certificate2 ServerFor(string? name) => s_servers.GetOrAdd(
        Uri.CheckHostName(name) == UriHostNameType.Dns ? name! : "allowed.test", MakeServer);

    private static X509Certificate2 MakeRoot()
    {
        var now = TimeProvider.System.GetUtcNow();
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=Sallyport test authority", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(
            new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, true));
        return request.CreateSelfSigned(now.AddDays(-1), now.AddDays(2));
    }

    private static X509Certificate2 MakeServer(string name)
    {
        var now = TimeProvider.System.GetUtcNow();
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=Sallyport test server", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(name);
        foreach (var address in LabAddresses.OfWorld)
        {
            names.AddIpAddress(IPAddress.Parse(address));
        }

        request.CertificateExtensions.Add(names.Build());
        using var leaf = request.Create(
            s_root.Value, now.AddDays(-1), now.AddDays(1), RandomNumberGenerator.GetBytes(8));
        using var withKey = leaf.CopyWithPrivateKey(key);
        // SslStream wants a certificate whose key went through a store.
        return X509CertificateLoader.LoadPkcs12(withKey.Export(X509ContentType.Pfx), null);
    }
}
