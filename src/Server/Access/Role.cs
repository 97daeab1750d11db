namespace Sallyport.Server.Access;

/// <summary>What an account may do in an organisation; each includes the one before.</summary>
internal enum Role
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>Reads everything of it.</summary>
    Viewer,

    /// <summary>Changes findings, suppressions, searches and policies.</summary>
    Operator,

    /// <summary>Changes keys, members, retention and the deny list.</summary>
    Administrator,
}
