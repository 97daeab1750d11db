namespace Sallyport.EndToEnd.Tests.Machine;

/// <summary>Tests of a machine with Docker that the service watches: one after another, on one machine.</summary>
[CollectionDefinition(nameof(ServedDocker))]
public sealed class ServedDocker : ICollectionFixture<DockerFixture>;
