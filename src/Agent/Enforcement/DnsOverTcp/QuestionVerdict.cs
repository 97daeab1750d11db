using Sallyport.Policy.Compiling;
using Sallyport.Wire;

namespace Sallyport.Agent.Enforcement.DnsOverTcp;

/// <summary>What becomes of a question: struct asked of the kernel's side.</summary>
/// <param name="Verdict">Refused questions are answered, others are asked.</param>
/// <param name="Reason">Why.</param>
/// <param name="Rule">The rule that decides, or <see cref="WireLimits.NoRule"/>.</param>
/// <param name="Code">RCODE of the answer to a refused question.</param>
/// <param name="Leases">Rules that its answer leases addresses to; null when the name is in no rule.</param>
internal readonly record struct QuestionVerdict(
    KernelVerdict Verdict, KernelReason Reason, ushort Rule, int Code, RuleSet? Leases);
