using Sallyport.Agent.Core.Git;

namespace Sallyport.Agent.Core.Sources;

/// <summary>A work tree of git, with the files that its index names.</summary>
/// <param name="root">Its folder, absolute.</param>
/// <param name="gitFolder">Where its index is.</param>
/// <param name="hash">How it names objects.</param>
public sealed class SourceTree(string root, string gitFolder, GitHash hash)
{
    /// <summary>Its folder, absolute, without a slash at the end.</summary>
    public string Root { get; } = root;

    /// <summary>Where its index is.</summary>
    public string GitFolder { get; } = gitFolder;

    /// <summary>How it names objects.</summary>
    public GitHash Hash { get; } = hash;

    /// <summary>By path from the root. Bounded, over all trees, by <see cref="SourceBook.MostFiles"/>.</summary>
    internal Dictionary<string, SourceFile> Files { get; } = new(StringComparer.Ordinal);

    /// <summary>Files below a folder; all of them for the empty path.</summary>
    public IReadOnlyList<SourceFile> FilesBelow(string folder)
    {
        ArgumentNullException.ThrowIfNull(folder);
        return [.. Files.Values.Where(file => folder.Length == 0 || file.Path.StartsWith(folder + "/", StringComparison.Ordinal))];
    }
}
