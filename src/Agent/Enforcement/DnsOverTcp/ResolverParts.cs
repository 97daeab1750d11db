namespace Sallyport.Agent.Enforcement.DnsOverTcp;

/// <summary>What all sessions share.</summary>
internal sealed record ResolverParts(
    QuestionJudge Judge, AnswerLeases Leases, IUpstreams Upstreams, AgentRecords Records);
