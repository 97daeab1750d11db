namespace Sallyport.Agent.Sinks;

/// <summary>What <c>report --format</c> can print.</summary>
internal enum ReportFormat
{
    /// <summary>For a terminal.</summary>
    Text,

    /// <summary>For a job summary.</summary>
    Markdown,

    /// <summary>One file, no network.</summary>
    Html,

    /// <summary>report.json.</summary>
    Json,

    /// <summary>SARIF 2.1.0.</summary>
    Sarif,

    /// <summary>OCSF events, one per line.</summary>
    Ocsf,

    /// <summary>in-toto Statement v1, predicate runtime-trace.</summary>
    InToto,
}
