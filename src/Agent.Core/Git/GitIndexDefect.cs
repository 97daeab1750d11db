namespace Sallyport.Agent.Core.Git;

/// <summary>Why an index cannot be read, or not whole.</summary>
public enum GitIndexDefect
{
    /// <summary>It could be read.</summary>
    None,

    /// <summary>No index: other first bytes.</summary>
    NotAnIndex,

    /// <summary>A version other than 2, 3 and 4.</summary>
    UnknownVersion,

    /// <summary>It ends within an entry, or an entry contradicts itself.</summary>
    Malformed,

    /// <summary>More entries than are kept: those at the end are missing.</summary>
    TooMany,

    /// <summary>A split index: most entries are in another file (<c>core.splitIndex</c>).</summary>
    Split,
}
