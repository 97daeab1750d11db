using Sallyport.Agent.Core.Correlation;
using Sallyport.Protocol.Recording;

namespace Sallyport.Agent.Core.Detection;

/// <summary><c>user-namespace-made</c>. Keeps nothing.</summary>
internal sealed class NamespaceDetector : IDetector
{
    public void Accept(RecordedEvent value, IEventSink<RecordedEvent> sink)
    {
        if (value is IntrusionSeen { Call: "namespace-made" } seen)
        {
            sink.Accept(Finding.Of(RootFindings.NamespaceMade, seen, seen.Process, seen.Step, seen.Blocked, ("container", seen.Container)));
        }
    }
}
