using System.Reflection;
using System.Text;
using Xunit;

namespace Sallyport.Reporting.Tests;

/// <summary>Files under corpus/ that outputs are compared with. SALLYPORT_UPDATE_GOLDEN=1 rewrites them.</summary>
internal static class Golden
{
    public static string Folder { get; } = Path.GetFullPath(typeof(Golden).Assembly
        .GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == "Corpus").Value!);

#pragma warning disable RS0030 // The one place where these tests read the environment.
    public static bool Update { get; } = Environment.GetEnvironmentVariable("SALLYPORT_UPDATE_GOLDEN") == "1";
#pragma warning restore RS0030

    public static string PathOf(string incident, string file) => Path.Combine(Folder, incident, file);

    public static void Compare(string incident, string file, string actual)
    {
        var path = PathOf(incident, file);
        if (Update)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, actual, new UTF8Encoding(false));
        }

        Assert.Equal(File.ReadAllText(path), actual);
    }
}
