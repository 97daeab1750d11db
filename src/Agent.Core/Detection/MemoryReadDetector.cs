using System.Globalization;
using Sallyport.Agent.Core.Correlation;
using Sallyport.Protocol.Recording;

namespace Sallyport.Agent.Core.Detection;

/// <summary>
/// <c>runner-memory-read</c>, <c>foreign-memory-read</c>, <c>memory-guard-evaded</c>: the kernel side has told whose memory or
/// environment a process reached for; a process of its own step is never among them. Keeps nothing.
/// </summary>
internal sealed class MemoryReadDetector : IDetector
{
    public void Accept(RecordedEvent value, IEventSink<RecordedEvent> sink)
    {
        if (value is not IntrusionSeen seen || KindOf(seen) is not { } kind)
        {
            return;
        }

        sink.Accept(Finding.Of(
            kind,
            seen,
            seen.Process,
            seen.Step,
            seen.Blocked,
            ("call", TextOf(seen)),
            ("of", seen.Of),
            ("target", seen.TargetPid == 0 ? null : string.Create(CultureInfo.InvariantCulture, $"pid {seen.TargetPid}")),
            ("targetProcess", seen.Target),
            ("targetStep", seen.TargetStep)));
    }

    private static FindingKind? KindOf(IntrusionSeen seen) => seen.Call switch
    {
        "memory-opened" or "environment-opened" or "memory-copied" or "traced" or "descriptor-taken" =>
            seen.Of is "runner-worker" or "runner-listener" ? ProcessFindings.RunnerMemoryRead : ProcessFindings.ForeignMemoryRead,
        "descriptor-hidden" => ProcessFindings.MemoryGuardEvaded,
        _ => null,
    };

    private static string TextOf(IntrusionSeen seen) => seen.Call switch
    {
        "memory-opened" => "/proc/PID/mem was opened",
        "environment-opened" => "/proc/PID/environ was opened",
        "memory-copied" => "process_vm_readv or process_vm_writev",
        "traced" => "ptrace or perf_event_open",
        "descriptor-taken" => "pidfd_getfd",
        _ => "io_uring opens a file for the next request, and tells nobody",
    };
}
