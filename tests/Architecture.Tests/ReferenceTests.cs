using System.Collections.Immutable;

namespace Sallyport.Architecture.Tests;

public sealed class ReferenceTests
{
    // References run downstream only. Server never refers to Agent.Core: the agent's verdicts are the agent's.
    private static readonly ImmutableDictionary<string, string[]> Allowed = new Dictionary<string, string[]>
    {
        ["Wire"] = [],
        ["Protocol"] = [],
        ["Policy"] = [],
        ["Baseline"] = ["Protocol"],
        ["Reporting"] = ["Protocol"],
        ["Agent.Core"] = ["Policy", "Protocol", "Wire"],
        ["Agent"] = ["Agent.Core", "Baseline", "Policy", "Protocol", "Reporting", "Wire"],
        ["Server"] = ["Baseline", "Policy", "Protocol", "Reporting"],
    }.ToImmutableDictionary();

    public static TheoryData<string> Projects => [.. Repository.Projects("src").Select(Repository.NameOf).Order()];

    [Theory]
    [MemberData(nameof(Projects))]
    public void A_project_refers_only_to_what_the_design_allows(string name)
    {
        Assert.True(Allowed.TryGetValue(name, out var allowed), $"the table does not know the project {name}");
        var project = Repository.Projects("src").Single(path => Repository.NameOf(path) == name);
        Assert.Empty(Repository.References(project).Except(allowed));
    }

    [Fact]
    public void The_projects_that_the_design_names_are_there() =>
        Assert.Empty(
            new[] { "Wire", "Protocol", "Policy", "Baseline", "Reporting", "Agent.Core", "Agent", "Server" }
                .Except(Repository.Projects("src").Select(Repository.NameOf)));

    [Fact]
    public void A_project_is_named_like_its_folder() =>
        Assert.All(
            Repository.Projects("src"),
            project => Assert.Equal(Path.GetFileName(Path.GetDirectoryName(project)), Repository.NameOf(project)));
}
