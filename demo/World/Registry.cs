using System.Formats.Tar;

namespace Sallyport.Demo.World;

/// <summary>A package registry with one package: an honest host that the build's policy allows.</summary>
internal static class Registry
{
    internal static WebApplication Create(CertificateAuthority authority, string packageFolder)
    {
        using var archive = new MemoryStream();
        TarFile.CreateFromDirectory(packageFolder, archive, includeBaseDirectory: true);
        byte[] package = archive.ToArray();

        WebApplication site = Site.Create(authority, WorldAddresses.RegistryName, WorldAddresses.Registry, []);
        site.MapGet("/colour-names-1.4.2.tar", () => Results.Bytes(package, "application/x-tar"));
        return site;
    }
}
