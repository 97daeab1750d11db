namespace Sallyport.Protocol.Ingest;

/// <summary>Bounds of the server's interface for agents.</summary>
public static class IngestLimits
{
    /// <summary>Characters of one text of a registration.</summary>
    public const int TextCharacters = 512;

    /// <summary>Entries of a matrix.</summary>
    public const int MatrixEntries = 64;

    /// <summary>Bytes of a registration or an end.</summary>
    public const int MessageBytes = 64 << 10;

    /// <summary>Segments of one job that a server takes at once; 429 beyond. An agent sends one after the other.</summary>
    public const int SegmentsAtOnce = 8;

    /// <summary>Header with the seal of the segment before: 64 hexadecimal digits; left out on the first.</summary>
    public const string PreviousSealHeader = "Sallyport-Previous-Seal";
}
