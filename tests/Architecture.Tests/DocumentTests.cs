namespace Sallyport.Architecture.Tests;

public sealed class DocumentTests
{
    [Fact]
    public void ARCHITECTURE_names_every_folder_of_the_first_level_and_those_of_src_and_bpf()
    {
        var path = Path.Combine(Repository.Root, "ARCHITECTURE.md");
        Assert.True(File.Exists(path), "ARCHITECTURE.md is missing");
        var page = File.ReadAllText(path);
        var folders = Repository.TrackedFiles().Select(file => file.Split('/')).SelectMany(Folders).Distinct().ToList();
        Assert.Contains("src/Wire", folders);
        Assert.Empty(folders.Where(folder => !page.Contains($"`{folder}`", StringComparison.Ordinal)
            && !page.Contains($"`{folder}/", StringComparison.Ordinal)));
    }

    [Fact]
    public void Git_tracks_no_compiled_object() =>
        Assert.Empty(Repository.TrackedFiles()
            .Where(file => Path.GetExtension(file) is ".o" or ".so" or ".a" or ".dll" or ".exe"));

    private static string[] Folders(string[] parts) => parts switch
    {
        ["src" or "bpf", var below, _, ..] => [parts[0], $"{parts[0]}/{below}"],
        [var top, _, ..] => [top],
        _ => [],
    };
}
