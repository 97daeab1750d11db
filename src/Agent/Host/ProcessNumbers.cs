using System.Globalization;

namespace Sallyport.Agent.Host;

/// <summary>Numbers of the processes that /proc shows; one may be gone when it is looked at.</summary>
internal static class ProcessNumbers
{
    internal static IEnumerable<int> All()
    {
        foreach (var folder in Directory.Exists("/proc") ? Directory.EnumerateDirectories("/proc") : [])
        {
            if (int.TryParse(Path.GetFileName(folder.AsSpan()), NumberStyles.None, CultureInfo.InvariantCulture, out var pid))
            {
                yield return pid;
            }
        }
    }
}
