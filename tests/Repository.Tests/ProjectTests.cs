namespace Sallyport.Repository.Tests;

public sealed class ProjectTests
{
    private static IEnumerable<string> Projects =>
        Checkout.Files.Where(file => file.EndsWith(".csproj", StringComparison.Ordinal));

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
