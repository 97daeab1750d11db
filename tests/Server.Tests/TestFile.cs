using System.Reflection;

namespace Sallyport.Server.Tests;

/// <summary>Files beside the tests, and of the checkout.</summary>
internal static class TestFile
{
    public static string Root { get; } = typeof(TestFile).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(entry => entry.Key == "RepositoryRoot").Value!;

    public static string Of(string name) => Path.Combine(Root, "tests/Server.Tests", name);
}
