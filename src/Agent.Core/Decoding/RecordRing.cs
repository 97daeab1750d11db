namespace Sallyport.Agent.Core.Decoding;

/// <summary>The ring buffer that a record came by: each counts its own sequence.</summary>
public enum RecordRing
{
    /// <summary>Everything that is not an alert.</summary>
    Events,

    /// <summary>Refusals and findings: a flood of the other ring cannot hide them.</summary>
    Alerts,
}
