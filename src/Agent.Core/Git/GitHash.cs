namespace Sallyport.Agent.Core.Git;

/// <summary>How a repository names its objects (gitformat-index(5): the width of ids follows from it).</summary>
public enum GitHash
{
    /// <summary>Ids of 20 bytes.</summary>
    Sha1,

    /// <summary>Ids of 32 bytes: <c>extensions.objectFormat = sha256</c>.</summary>
    Sha256,
}
