namespace Sallyport.Policy;

/// <summary><c>detections</c>: what a finding of one detector does.</summary>
public enum DetectionAction
{
    /// <summary>Not looked for.</summary>
    Off,

    /// <summary>In the report.</summary>
    Report,

    /// <summary>In the report, and the job fails.</summary>
    Fail,

    /// <summary>Prevented where the machine can.</summary>
    Block,
}
