namespace Sallyport.Baseline;

/// <summary>In what way a destination is new.</summary>
public enum NoveltyKind
{
    /// <summary>Never called by this job.</summary>
    Destination,

    /// <summary>Known, but never called by this executable.</summary>
    Process,

    /// <summary>Known, but never called in this step.</summary>
    Step,
}
