using Sallyport.Agent.Files;

namespace Sallyport.Agent.Tests.Files;

public sealed class WorkTreeTests
{
    [Fact]
    public void Trees_below_a_folder_are_found_and_the_root_of_the_machine_is_not_searched()
    {
        using var folder = new TestFolder();
        foreach (var tree in new[] { "a/a", "b/b/deep" })
        {
            var git = Directory.CreateDirectory(Path.Combine(folder.Path, tree, ".git")).FullName;
            File.WriteAllText(Path.Combine(git, "HEAD"), "ref: refs/heads/main\n");
            File.WriteAllText(Path.Combine(git, "index"), "DIRC");
        }

        Assert.Equal(
            [Path.Combine(folder.Path, "a/a"), Path.Combine(folder.Path, "b/b/deep")],
            WorkTrees.Below(folder.Path, DateTimeOffset.UnixEpoch).Select(place => place.Root).Order(StringComparer.Ordinal));
        Assert.Empty(WorkTrees.Below(folder.Path, DateTimeOffset.UtcNow.AddHours(1)));
        Assert.Empty(WorkTrees.Below("/", DateTimeOffset.UnixEpoch));
        Assert.Empty(WorkTrees.Below(Path.Combine(folder.Path, "gone"), DateTimeOffset.UnixEpoch));
    }
}
