[assembly: AssemblyFixture(typeof(Sallyport.Server.Tests.PostgresCluster))]
