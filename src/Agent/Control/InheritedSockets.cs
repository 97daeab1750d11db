using System.Globalization;

namespace Sallyport.Agent.Control;

/// <summary>Sockets that the command gets from the caller: they were made before the job, and carry no tag of it.</summary>
internal static class InheritedSockets
{
    internal static IEnumerable<int> Of(CallerState caller) => Enumerable.Range(0, 3).Concat(caller.Descriptors).Where(IsSocket);

    /// <summary>The link of a socket reads <c>socket:[inode]</c>.</summary>
    private static bool IsSocket(int descriptor) =>
        new FileInfo(string.Create(CultureInfo.InvariantCulture, $"/proc/self/fd/{descriptor}"))
            .LinkTarget?.StartsWith("socket:", StringComparison.Ordinal) ?? false;
}
