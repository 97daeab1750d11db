using System.Globalization;
using Sallyport.Agent.Core.Correlation;
using Sallyport.Protocol.Recording;
using Sallyport.Wire;

namespace Sallyport.Agent.Core.Detection;

/// <summary><c>agent-attacked</c>: what would have ended, stopped or taken over a process of the agent's. Keeps nothing.</summary>
internal sealed class AgentAttackDetector : IDetector
{
    public void Accept(RecordedEvent value, IEventSink<RecordedEvent> sink)
    {
        if (value is IntrusionSeen { Call: "agent-attacked" } seen)
        {
            sink.Accept(Finding.Of(
                ProcessFindings.AgentAttacked, seen, seen.Process, seen.Step, seen.Blocked,
                ("how", HowOf(seen.Detail)),
                ("target", string.Create(CultureInfo.InvariantCulture, $"pid {seen.TargetPid}")),
                ("container", seen.Container)));
        }
    }

    private static string HowOf(uint detail) => detail switch
    {
        WireLimits.AttackTraced => "ptrace",
        WireLimits.AttackLimited => "prlimit",
        _ => string.Create(CultureInfo.InvariantCulture, $"signal {detail}"),
    };
}
