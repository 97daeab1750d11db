using Sallyport.Agent.Core.Correlation;
using Sallyport.Protocol.Recording;
using Sallyport.Wire;

namespace Sallyport.Agent.Core.Detection;

/// <summary><c>root-gained</c>: the kernel side compares what a process may do after its exec with what it might before. Keeps nothing.</summary>
internal sealed class RootGainedDetector : IDetector
{
    public void Accept(RecordedEvent value, IEventSink<RecordedEvent> sink)
    {
        if (value is IntrusionSeen { Call: "root-gained" } seen)
        {
            sink.Accept(Finding.Of(
                RootFindings.RootGained,
                seen,
                seen.Process,
                seen.Step,
                seen.Blocked,
                ("by", WayOf(seen.Detail))));
        }
    }

    private static string WayOf(uint detail) => detail switch
    {
        WireLimits.RootByNewFile => "set-uid file",
        WireLimits.RootByOldFile => "set-uid program",
        WireLimits.RootByNothing => "nothing",
        _ => "unbounded",
    };
}
