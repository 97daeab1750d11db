namespace Sallyport.EndToEnd.Tests.Machine;

/// <summary>Tests that run when all others have ended: the agent, a server and a browser beside other machines' jobs are more than two processors have.</summary>
[CollectionDefinition(nameof(Alone), DisableParallelization = true)]
public sealed class Alone;
