namespace Sallyport.Server.Search;

/// <summary>Values of <c>class_uid</c> (OCSF 1.3.0) that rows have.</summary>
internal static class OcsfClass
{
    /// <summary>Base event: the hash of a program whose start stands in rows that were written before it was known.</summary>
    public const int Base = 0;

    public const int FileSystemActivity = 1001;

    public const int ProcessActivity = 1007;

    public const int DetectionFinding = 2004;

    public const int NetworkActivity = 4001;

    public const int DnsActivity = 4003;
}
