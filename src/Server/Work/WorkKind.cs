namespace Sallyport.Server.Work;

/// <summary>Words of <c>work.kind</c>.</summary>
internal static class WorkKind
{
    /// <summary>A job has ended: fold it, count its destinations and findings, write its Parquet, join its segments.</summary>
    public const string Finish = "finish";

    /// <summary>Look for jobs that are silent, and for what is past its retention.</summary>
    public const string Sweep = "sweep";

    /// <summary>Look for rows of lists beyond their bounds.</summary>
    public const string Trim = "trim";
}
