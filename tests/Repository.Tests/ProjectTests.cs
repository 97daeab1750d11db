namespace Sallyport.Repository.Tests;

public sealed class ProjectTests
{
    /// <summary>References run downstream only: what each project under src may know.</summary>
    private static readonly Dictionary<string, string[]> Allowed = new(StringComparer.Ordinal)
    {
        ["Wire"] = [],
        ["Protocol"] = [],
        ["Policy"] = [],
        ["Baseline"] = ["Protocol"],
        ["Agent.Core"] = ["Wire", "Protocol", "Policy"],
        ["Agent"] = ["Wire", "Protocol", "Policy", "Baseline", "Agent.Core"],
        ["Server"] = ["Protocol", "Policy", "Baseline"],
    };

    private static IEnumerable<string> Projects =>
        Checkout.Files.Where(file => file.EndsWith(".csproj", StringComparison.Ordinal));

    [Fact]
    public void Projects_under_src_know_only_what_is_downstream()
    {
        var wrong =
            from project in Projects
            where project.StartsWith("src/", StringComparison.Ordinal)
            let name = project.Split('/')[1]
            from reference in Checkout.ReadXml(project).Descendants("ProjectReference")
            let target = reference.Attribute("Include")!.Value.Split('/')[^2]
            where !Allowed.TryGetValue(name, out var known) || !known.Contains(target)
            select $"{name} refers to {target}";

        Assert.Empty(wrong);
    }

    [Fact]
    public void Every_project_is_in_the_solution()
    {
        var solution = Checkout.ReadXml("Sallyport.slnx").Descendants("Project")
            .Select(project => project.Attribute("Path")!.Value)
            .Order(StringComparer.Ordinal);

        Assert.Equal(Projects.Order(StringComparer.Ordinal), solution);
    }

    [Fact]
    public void Every_project_has_its_lock_file()
    {
        var without = Projects.Where(project =>
            !Checkout.Files.Contains(project[..project.LastIndexOf('/')] + "/packages.lock.json"));

        Assert.Empty(without);
    }
}
