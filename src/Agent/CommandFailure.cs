namespace Sallyport.Agent;

/// <summary>Ends a subcommand with one message and an exit code. Expected failures only: a bug keeps its own type.</summary>
internal sealed class CommandFailure(int exitCode, string message) : Exception(message)
{
    internal int Code { get; } = exitCode;
}
