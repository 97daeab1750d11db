using Microsoft.Win32.SafeHandles;
using Sallyport.Agent.Host;

namespace Sallyport.Agent.Enforcement;

/// <summary>A Unix socket at which a container runtime answers.</summary>
/// <param name="Path">As the daemon calls it.</param>
/// <param name="Daemon">Process whose root the path is meant in; 0 for this process's own.</param>
/// <param name="SpeaksHttp">Docker's API is spoken there; the others speak gRPC.</param>
internal sealed record RuntimeSocket(string Path, int Daemon, bool SpeaksHttp)
{
    /// <summary>The socket's file, opened with O_PATH; null when it is not there.</summary>
    internal SafeFileHandle? TryOpen()
    {
        using var view = ProcessView.TryOpen(Daemon == 0 ? Environment.ProcessId : Daemon);
        return view?.TryFind(Path);
    }
}
