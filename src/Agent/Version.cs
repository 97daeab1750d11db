using System.Reflection;

namespace Sallyport.Agent;

/// <summary>Version of this build.</summary>
internal static class Version
{
    internal static string Text { get; } =
        typeof(Version).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0]
        ?? "unknown";
}
