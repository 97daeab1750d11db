[assembly: AssemblyFixture(typeof(Sallyport.Server.Tests.PostgresCluster))]
[assembly: AssemblyFixture(typeof(Sallyport.Server.Tests.ObjectStore))]
