using System.Globalization;
using Sallyport.Agent.Enforcement;
using Sallyport.Agent.Host;

namespace Sallyport.Agent.Runner;

/// <summary>Sockets that a process had before it was judged: what is connected already meets no hook of connect.</summary>
internal static class SocketAdoption
{
    private const int MaximumDescriptors = 4096;

    /// <summary>All of a process: each packet of them is judged by where it goes.</summary>
    /// <param name="gate">Attached.</param>
    /// <param name="pid">Its own.</param>
    /// <param name="process">Number of its tag.</param>
    /// <param name="execution">That it belongs to; 0 for none.</param>
    /// <param name="container">Cgroup of the container that it is in; 0 for none.</param>
    /// <param name="silent">Takes the process when it does not let us have them all.</param>
    internal static void Run(Gate gate, int pid, ulong process, uint execution, HashSet<int> silent, ulong container = 0)
    {
        if (ProcessIdentity.Of(pid) is not { } identity)
        {
            return;
        }

        foreach (var descriptor in SocketsOf(pid))
        {
            // All in one look: one that comes late has nothing of ours that is closed by then, and leaves nothing open.
            if (!ProcessLook.TryRun(pid, ProcessPart.Descriptors, () =>
                {
                    using var handle = ProcessHandle.TryOpen(identity);
                    using var taken = handle?.TryTake(descriptor);
                    if (taken is not null)
                    {
                        gate.Adoption.AdoptSocket((int)taken.DangerousGetHandle(), process, execution, container);
                    }
                }))
            {
                _ = silent.Add(pid);
                return;
            }
        }
    }

    internal static List<int> SocketsOf(int pid)
    {
        var found = new List<int>();
        try
        {
            foreach (var link in Directory.EnumerateFileSystemEntries($"/proc/{pid}/fd").Take(MaximumDescriptors))
            {
                if (ProcText.TryReadLink(link)?.StartsWith("socket:", StringComparison.Ordinal) == true
                    && int.TryParse(Path.GetFileName(link.AsSpan()), CultureInfo.InvariantCulture, out var descriptor))
                {
                    found.Add(descriptor);
                }
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It has ended.
        }

        return found;
    }
}
