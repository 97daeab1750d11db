using System.Collections;
using Microsoft.Extensions.Configuration;

namespace Sallyport.Server.Configuration;

/// <summary>Where settings stand: a file, then the environment, then the command line; the later wins.</summary>
internal static class SettingsSources
{
    /// <summary>Read when it is there and no other is named.</summary>
    public const string UsualFile = "/etc/sallyport-server/server.json";

    /// <summary>Puts them together; a file that cannot be read is a mistake.</summary>
    public static IConfiguration Load(string? file, IReadOnlyList<string> set, List<string> mistakes)
    {
        var builder = new ConfigurationBuilder();
        var path = file ?? (File.Exists(UsualFile) ? UsualFile : null);
        if (path is not null && IsReadable(path, mistakes))
        {
            builder.AddJsonFile(path, optional: false, reloadOnChange: false);
        }

        builder.AddInMemoryCollection(FromEnvironment());
        builder.AddInMemoryCollection(FromOptions(set, mistakes));
        return builder.Build();
    }

    private static bool IsReadable(string path, List<string> mistakes)
    {
        try
        {
            new ConfigurationBuilder().AddJsonFile(path, optional: false, reloadOnChange: false).Build();
            return true;
        }
        catch (Exception e) when (e is InvalidDataException or IOException or UnauthorizedAccessException)
        {
            mistakes.Add($"{path} cannot be read: {e.InnerException?.Message ?? e.Message}");
            return false;
        }
    }

    // SALLYPORT_SERVER_BUCKET__NAME is bucket:name; SALLYPORT_SERVER_PUBLIC_URL would not be publicUrl, SALLYPORT_SERVER_PUBLICURL is.
#pragma warning disable RS0030 // The one place that reads the environment.
    private static Dictionary<string, string?> FromEnvironment() =>
        Environment.GetEnvironmentVariables().Cast<DictionaryEntry>()
            .Select(entry => (Name: (string)entry.Key, Value: (string?)entry.Value))
            .Where(entry => entry.Name.StartsWith(ServerSettingsReader.EnvironmentPrefix, StringComparison.OrdinalIgnoreCase)
                && !IsOfKubernetes(entry.Name[ServerSettingsReader.EnvironmentPrefix.Length..]))
            .ToDictionary(
                entry => entry.Name[ServerSettingsReader.EnvironmentPrefix.Length..].Replace("__", ":", StringComparison.Ordinal),
                entry => entry.Value,
                StringComparer.OrdinalIgnoreCase);
#pragma warning restore RS0030

    // A Service named sallyport-server puts these into every container beside it; they are no settings.
    private static bool IsOfKubernetes(string name) =>
        name.StartsWith("SERVICE_", StringComparison.Ordinal) || name == "PORT" || name.StartsWith("PORT_", StringComparison.Ordinal);

    private static Dictionary<string, string?> FromOptions(IReadOnlyList<string> set, List<string> mistakes)
    {
        var values = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase);
        foreach (var text in set)
        {
            if (text.Split('=', 2) is [{ Length: > 0 } key, var value])
            {
                values[key] = value;
            }
            else
            {
                mistakes.Add($"--set {text}: a setting is written key=value.");
            }
        }

        return values;
    }
}
