using Sallyport.Agent.Core.Correlation;
using Sallyport.Policy;
using Sallyport.Protocol.Recording;

namespace Sallyport.Agent.Core.Detection;

/// <summary>
/// <c>id-token-requested</c>: a connection that says the host where its own step can ask for the job's OIDC token. Once for each
/// execution; bounded by <see cref="MostExecutions"/>.
/// </summary>
internal sealed class IdTokenDetector(StepExpectations steps) : IDetector
{
    private const int MostExecutions = 16_384;

    private readonly Dictionary<uint, string> hosts = [];
    private readonly HashSet<uint> told = [];

    /// <summary>Executions past the bound.</summary>
    public long Overflow { get; private set; }

    public void Accept(RecordedEvent value, IEventSink<RecordedEvent> sink)
    {
        switch (value)
        {
            case ExecutionAssigned { IdTokenHost: { } host } when hosts.Count < MostExecutions || hosts.ContainsKey(value.Execution):
                hosts[value.Execution] = host;
                break;
            case ExecutionAssigned { IdTokenHost: not null }:
                Overflow++;
                break;
            case FlowNamed named
                when hosts.TryGetValue(named.Execution, out var host) && named.Presented == host && told.Add(named.Execution):
                steps.Judge(
                    StepRight.IdToken,
                    Finding.Of(
                        SupplyFindings.IdTokenRequested, named, named.Process, named.Step, named.Verdict == RecordedVerdict.Refused,
                        ("host", host), ("container", named.Container)),
                    sink);
                break;
        }
    }
}
