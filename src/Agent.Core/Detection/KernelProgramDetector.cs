using System.Globalization;
using Sallyport.Agent.Core.Correlation;
using Sallyport.Protocol.Recording;

namespace Sallyport.Agent.Core.Detection;

/// <summary>
/// <c>kernel-program-loaded</c>, <c>agent-object-taken</c>: bpf(2) by a process that the kernel lets do it. Keeps nothing.
/// </summary>
internal sealed class KernelProgramDetector : IDetector
{
    public void Accept(RecordedEvent value, IEventSink<RecordedEvent> sink)
    {
        switch (value)
        {
            case IntrusionSeen { Call: "program-loaded" } seen:
                sink.Accept(Finding.Of(
                    ProcessFindings.KernelProgramLoaded, seen, seen.Process, seen.Step, seen.Blocked,
                    ("command", CommandOf(seen.Detail)), ("container", seen.Container)));
                break;
            case IntrusionSeen { Call: "object-taken" } seen:
                sink.Accept(Finding.Of(
                    ProcessFindings.AgentObjectTaken, seen, seen.Process, seen.Step, seen.Blocked,
                    ("what", ObjectOf(seen.Detail)), ("container", seen.Container)));
                break;
        }
    }

    // enum bpf_cmd
    private static string CommandOf(uint command) => command switch
    {
        5 => "BPF_PROG_LOAD",
        8 => "BPF_PROG_ATTACH",
        9 => "BPF_PROG_DETACH",
        17 => "BPF_RAW_TRACEPOINT_OPEN",
        28 => "BPF_LINK_CREATE",
        29 => "BPF_LINK_UPDATE",
        34 => "BPF_LINK_DETACH",
        _ => command.ToString(CultureInfo.InvariantCulture),
    };

    // SP_OBJECT_*
    private static string ObjectOf(uint kind) => kind switch { 1 => "table", 2 => "program", _ => "link" };
}
