namespace Sallyport.Agent.Executables;

/// <summary>Takes hashes of executables.</summary>
internal interface IExecutableHandler
{
    /// <summary>Called on the draining thread.</summary>
    void Describe(ExecutableHash hash);
}
