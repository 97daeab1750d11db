using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Sallyport.Lab.Servers;

/// <summary>A certificate authority of this test process, and one certificate for every name of the laboratory.</summary>
internal static class TestAuthority
{
    private static readonly Lazy<(string Root, X509Certificate2 Leaf)> s_made = new(Make);

    /// <summary>The root, in PEM, for the clients' trust.</summary>
    internal static string RootPem => s_made.Value.Root;

    internal static X509Certificate2 Server => s_made.Value.Leaf;

    private static (string Root, X509Certificate2 Leaf) Make()
    {
        var now = TimeProvider.System.GetUtcNow();
        using var rootKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var rootRequest = new CertificateRequest("CN=Sallyport test authority", rootKey, HashAlgorithmName.SHA256);
        rootRequest.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        rootRequest.CertificateExtensions.Add(
            new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, true));
        using var root = rootRequest.CreateSelfSigned(now.AddDays(-1), now.AddDays(2));

        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=allowed.test", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        foreach (var name in (string[])["allowed.test", "*.allowed.test", "*.test", "*.corp.test"])
        {
            names.AddDnsName(name);
        }

        foreach (var address in LabAddresses.OfWorld)
        {
            names.AddIpAddress(IPAddress.Parse(address));
        }

        request.CertificateExtensions.Add(names.Build());
        using var leaf = request.Create(root, now.AddDays(-1), now.AddDays(1), [1]);
        using var withKey = leaf.CopyWithPrivateKey(key);
        // SslStream wants a certificate whose key went through a store.
        return (root.ExportCertificatePem(), X509CertificateLoader.LoadPkcs12(withKey.Export(X509ContentType.Pfx), null));
    }
}
