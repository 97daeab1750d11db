using Sallyport.Agent.Core.Correlation;
using Sallyport.Agent.Core.Files;
using Sallyport.Protocol.Recording;

namespace Sallyport.Agent.Core.Detection;

/// <summary><c>agent-files-covered</c>: something is mounted over files of the agent's. Keeps nothing.</summary>
internal sealed class AgentCoveredDetector : IDetector
{
    public void Accept(RecordedEvent value, IEventSink<RecordedEvent> sink)
    {
        if (value is FileChanged { Change: "mounted" } mounted && AgentPaths.AreCoveredBy(mounted.Path))
        {
            sink.Accept(Finding.Of(
                ProcessFindings.AgentFilesCovered, mounted, mounted.Process, mounted.Step, isBlocked: false, ("place", mounted.Path)));
        }
    }
}
