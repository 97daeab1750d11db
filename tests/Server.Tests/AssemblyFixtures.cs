[assembly: AssemblyFixture(typeof(Sallyport.Server.Tests.PostgresCluster))]
[assembly: AssemblyFixture(typeof(Sallyport.Server.Tests.ObjectStore))]
[assembly: AssemblyFixture(typeof(Sallyport.Server.Tests.Ui.SharedChromium))]
