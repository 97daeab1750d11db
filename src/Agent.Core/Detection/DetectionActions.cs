using System.Collections.Immutable;
using Sallyport.Policy;

namespace Sallyport.Agent.Core.Detection;

/// <summary>What each kind of finding does: as the policy says, else by its mode.</summary>
/// <param name="isBlock">The policy is in block mode.</param>
/// <param name="named">Detector id to action, of the policy.</param>
public sealed class DetectionActions(bool isBlock, ImmutableSortedDictionary<string, DetectionAction> named)
{
    /// <summary>Without a policy: everything is reported.</summary>
    public static DetectionActions Default { get; } = new(false, ImmutableSortedDictionary<string, DetectionAction>.Empty);

    /// <summary>Steps that publish, or ask for the job's identity.</summary>
    public ImmutableArray<StepExpectation> Expected { get; init; } = [];

    /// <summary>The action of a kind.</summary>
    public DetectionAction Of(FindingKind kind)
    {
        ArgumentNullException.ThrowIfNull(kind);
        return named.TryGetValue(kind.Id, out var action) ? action
            : isBlock && kind.IsBlockedByDefault ? DetectionAction.Block
            : DetectionAction.Report;
    }

    /// <summary>Whether a finding fails the job: by <c>fail</c>, or by a <c>block</c> that named it and did not come to pass.</summary>
    /// <param name="id">Of the finding.</param>
    /// <param name="isBlocked">It was prevented.</param>
    public bool Fails(string id, bool isBlocked) => named.TryGetValue(id, out var action)
        && (action == DetectionAction.Fail || (action == DetectionAction.Block && !isBlocked));

    /// <summary>Whether the policy speaks of one of these.</summary>
    public bool NamesAny(IEnumerable<FindingKind> kinds) => kinds.Any(kind => named.ContainsKey(kind.Id));

    /// <summary>Whether nothing is to be told of a kind.</summary>
    /// <param name="id">Of the finding.</param>
    public bool IsOff(string id) => named.TryGetValue(id, out var action) && action == DetectionAction.Off;
}
