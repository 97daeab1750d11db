namespace Sallyport.Policy.Groups;

/// <summary>Package registries: reading from them, as their own documentation lists the hosts.</summary>
internal static class PackageGroups
{
    public static EndpointGroup NuGet { get; } = EndpointGroup.Of("nuget", "dotnet restore",
        ("api.nuget.org:443", "service index, packages, registrations"),
        ("globalcdn.nuget.org:443", "packages by the content network"),
        ("azuresearch-usnc.nuget.org:443", "search, first region"),
        ("azuresearch-ussc.nuget.org:443", "search, second region"),
        ("www.nuget.org:443", "older feed and downloads"));

    public static EndpointGroup Npm { get; } = EndpointGroup.Of("npm", "npm, yarn and pnpm",
        ("registry.npmjs.org:443", "metadata, packages, audit"),
        ("registry.yarnpkg.com:443", "the same registry under yarn's name"));

    public static EndpointGroup PyPI { get; } = EndpointGroup.Of("pypi", "pip, uv and poetry",
        ("pypi.org:443", "index"),
        ("files.pythonhosted.org:443", "packages"));

    public static EndpointGroup Go { get; } = EndpointGroup.Of("go", "go mod download",
        ("proxy.golang.org:443", "modules"),
        ("sum.golang.org:443", "checksum database"),
        ("go.dev:443", "toolchain index"),
        ("dl.google.com:443", "toolchains; Google's own download host"));

    public static EndpointGroup Cargo { get; } = EndpointGroup.Of("cargo", "cargo and rustup",
        ("index.crates.io:443", "sparse index"),
        ("static.crates.io:443", "crates"),
        ("crates.io:443", "older download links"),
        ("static.rust-lang.org:443", "toolchains"));

    public static EndpointGroup Maven { get; } = EndpointGroup.Of("maven", "Maven and Gradle",
        ("repo.maven.apache.org:443", "Maven Central"),
        ("repo1.maven.org:443", "Maven Central, older name"),
        ("plugins.gradle.org:443", "Gradle plugins"),
        ("plugins-artifacts.gradle.org:443", "files of Gradle plugins"),
        ("services.gradle.org:443", "Gradle distributions"),
        ("downloads.gradle.org:443", "Gradle distributions, where services redirects"));
}
