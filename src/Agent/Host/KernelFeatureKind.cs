namespace Sallyport.Agent.Host;

/// <summary>What a feature of the kernel is.</summary>
internal enum KernelFeatureKind
{
    /// <summary>A type of program.</summary>
    Program,

    /// <summary>A type of map.</summary>
    Map,

    /// <summary>A function that programs call.</summary>
    Helper,
}
