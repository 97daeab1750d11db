namespace Sallyport.Agent.Configuration;

/// <summary>What makes <c>run</c> end with exit code 10.</summary>
[Flags]
internal enum FailOn
{
    /// <summary>Nothing.</summary>
    Never = 0,

    /// <summary>Something was refused.</summary>
    Refused = 1,

    /// <summary>A detector found something.</summary>
    Finding = 2,

    /// <summary>A destination that the baseline does not have.</summary>
    New = 4,
}
