using Sallyport.Agent.Core.Git;

namespace Sallyport.Agent.Core.Sources;

/// <summary>Reads files for the book, which itself touches nothing.</summary>
public interface ISourceReader
{
    /// <summary>The file as it is now, by its path. Never fails: what cannot be read says so.</summary>
    SourceSnapshot Look(SourceFile file);

    /// <summary>Content of an object of the tree's repository when it is at hand and short; else null.</summary>
    byte[]? TryReadBlob(SourceTree tree, GitObjectId id);
}
