using Sallyport.Agent.Core.Correlation;
using Sallyport.Protocol.Recording;

namespace Sallyport.Agent.Core.Detection;

/// <summary>
/// <c>kernel-memory-read</c>, <c>core-pattern-changed</c>, <c>disk-written</c>: the memory of all processes at once, or a way to be given
/// it, and all files at once. Keeps nothing.
/// </summary>
internal sealed class KernelMemoryDetector : IDetector
{
    public void Accept(RecordedEvent value, IEventSink<RecordedEvent> sink)
    {
        if (value is IntrusionSeen { Call: "kernel-memory-opened" or "core-pattern-opened" or "disk-opened" } seen)
        {
            var kind = seen.Call switch
            {
                "kernel-memory-opened" => ProcessFindings.KernelMemoryRead,
                "core-pattern-opened" => ProcessFindings.CorePatternChanged,
                _ => RootFindings.DiskWritten,
            };
            sink.Accept(Finding.Of(kind, seen, seen.Process, seen.Step, seen.Blocked, ("container", seen.Container)));
        }
    }
}
