namespace Sallyport.Server.Policies;

/// <summary>Names of the policies that hold for a job.</summary>
/// <param name="Policy">The most specific that is attached; null when none is.</param>
/// <param name="Floors">From above, the widest scope first.</param>
internal sealed record HeldPolicies(string? Policy, IReadOnlyList<string> Floors)
{
    /// <summary>Of all places of an organisation those that cover the job.</summary>
    public static HeldPolicies Of(IEnumerable<BindingRow> places, string repository, string workflow, string job)
    {
        var covering = places
            .Where(place => Same(place.Repository, repository) && Same(place.Workflow, workflow) && Same(place.JobName, job))
            .OrderBy(place => place.Depth).ToList();
        return new HeldPolicies(
            covering.LastOrDefault(place => place.IsFloor == 0)?.Policy,
            [.. covering.Where(place => place.IsFloor == 1).Select(place => place.Policy)]);
    }

    private static bool Same(string pattern, string value) =>
        pattern.Length == 0 || string.Equals(pattern, value, StringComparison.OrdinalIgnoreCase);
}
