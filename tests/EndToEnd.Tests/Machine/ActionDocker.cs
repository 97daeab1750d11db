namespace Sallyport.EndToEnd.Tests.Machine;

/// <summary>The same of jobs with the Action. Apart: the agent that a job has started stays for the next one, in the place of the service.</summary>
[CollectionDefinition(nameof(ActionDocker))]
public sealed class ActionDocker : ICollectionFixture<DockerFixture>;
