using Sallyport.Agent.Core.Correlation;
using Sallyport.Protocol.Recording;
using Sallyport.Protocol.Report;

namespace Sallyport.Agent.Runner;

/// <summary>Passes events on, and hands over what GitHub calls the job whenever more of it is known.</summary>
internal sealed class IdentityWatch(IEventSink<RecordedEvent> next, Action<GitHubDocument> learned) : IEventSink<RecordedEvent>
{
    public void Accept(RecordedEvent value)
    {
        next.Accept(value);
        if (value is JobIdentified identified)
        {
            learned(identified.GitHub);
        }
    }
}
