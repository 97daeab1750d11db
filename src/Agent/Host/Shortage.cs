using System.ComponentModel;

namespace Sallyport.Agent.Host;

/// <summary>
/// What a call throws when the machine has none left of something: processes, threads, descriptors, memory, room on a disk. A
/// job can bring that about, and it passes: one request or one look fails by it, and not the process that answers all jobs.
/// </summary>
internal static class Shortage
{
    internal static bool Is(Exception exception) => exception
        is IOException or UnauthorizedAccessException or Win32Exception or OutOfMemoryException or ThreadStartException;
}
