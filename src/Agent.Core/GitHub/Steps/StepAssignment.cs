using Sallyport.Policy;

namespace Sallyport.Agent.Core.GitHub.Steps;

/// <summary>Which step an execution belongs to. The last one of an execution holds.</summary>
/// <param name="Execution">The kernel's number, from 1.</param>
/// <param name="Step">Id of the step in documents; null when none is known.</param>
/// <param name="Identity">What policies are matched with; pre and post of an action have that of its step.</param>
/// <param name="Confirmed">
/// False: the intersection of all steps' policies is to hold, whatever <paramref name="Identity"/> says.
/// </param>
/// <param name="Reason">Why.</param>
public sealed record StepAssignment(
    uint Execution, string? Step, StepIdentity Identity, bool Confirmed, AssignmentReason Reason);
