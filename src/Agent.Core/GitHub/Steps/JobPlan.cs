using System.Collections.Immutable;
using Sallyport.Agent.Core.GitHub.Log;

namespace Sallyport.Agent.Core.GitHub.Steps;

/// <summary>
/// The job message's steps, and which of them a line <c>Processing step</c> speaks of. The worker shows first what comes
/// before the main steps, then each main step in the order of the job message (skipped ones too), then the post steps; how
/// many come before, it says itself. So the place in that order decides, and a name only confirms it: a step may be called
/// <c>Post Checkout</c> or like another.
/// </summary>
internal sealed class JobPlan(ImmutableArray<PlannedStep> steps)
{
    private const string Pre = "Pre ";
    private const string Post = "Post ";

    private readonly HashSet<string> used = new(StringComparer.Ordinal);
    private readonly string?[] shown = [.. steps.Select(step => step.Name)];
    private int next;
    private int begun;
    private int? before;

    public PlannedStep? Find(string contextName) => steps.FirstOrDefault(step => step.ContextName == contextName);

    /// <summary>Display name of a step, evaluated if it was seen; null while it is not known.</summary>
    public string? NameOf(PlannedStep step) => steps.IndexOf(step) is >= 0 and var i ? shown[i] : null;

    public void Count(int total)
    {
        if (begun == 0 && total >= steps.Length)
        {
            before = total - steps.Length;
        }
    }

    /// <summary>A main step has ended: the next one comes after it, whatever lines were missed.</summary>
    public void Reach(PlannedStep ended)
    {
        var index = steps.IndexOf(ended);
        if (index >= next)
        {
            next = index + 1;
            begun = Math.Max(begun, (before ?? 0) + next);
        }
    }

    /// <summary>Places a line.</summary>
    public LogStep Place(string name, int number)
    {
        var place = begun++;
        if (before is { } count ? place >= count && next < steps.Length : IsMain(name))
        {
            return Main(name, number);
        }

        var isPre = before is { } known ? place < known : next == 0;
        return isPre
            ? Other(name, number, "pre", Pre, Enumerable.Range(0, steps.Length))
            : Other(name, number, "post", Post, Enumerable.Range(0, steps.Length).Reverse());
    }

    // Without the count: a line is the next main step if it has its name, or cannot be anything else.
    private bool IsMain(string name) => next < steps.Length
        && (shown[next] == name
            || shown.AsSpan(next).Contains(name)
            || (shown[next] is null && !name.StartsWith(next == 0 ? Pre : Post, StringComparison.Ordinal)
                && !RunnerSteps.IsOne(name)));

    private LogStep Main(string name, int number)
    {
        var expected = shown[next];

        // A secret in a name is shown as ***.
        var certain = expected is null ? before is not null : expected == name || name.Contains("***", StringComparison.Ordinal);
        if (!certain && shown.AsSpan(next).IndexOf(name) is > 0 and var ahead)
        {
            next += ahead;
            certain = before is null;
        }

        var step = steps[next];
        shown[next] ??= name;
        next++;
        return new LogStep(step.ContextName, name, number, "main") { Candidates = [step], Certain = certain };
    }

    private LogStep Other(string name, int number, string stage, string prefix, IEnumerable<int> order)
    {
        if (!name.StartsWith(prefix, StringComparison.Ordinal))
        {
            return RunnerSteps.Make(name, number);
        }

        var inner = name[prefix.Length..];
        ImmutableArray<PlannedStep> candidates =
        [
            .. order.Where(i => steps[i].Kind is not "run" && (shown[i] == inner || (shown[i] is null && stage == "pre")))
                .Select(i => steps[i])
                .OrderBy(step => used.Contains($"{stage}:{step.ContextName}")),
        ];
        if (candidates.IsEmpty)
        {
            return RunnerSteps.Make(name, number);
        }

        var id = $"{stage}:{candidates[0].ContextName}";
        return new LogStep(used.Add(id) ? id : $"{id}:{number}", name, number, stage) { Candidates = candidates };
    }
}
