using System.CommandLine;
using Sallyport.Server.Access;
using Sallyport.Server.Store;

namespace Sallyport.Server.Commands;

/// <summary>What commands that sign have in common: the store, and the server's own keys, which its master key opens.</summary>
internal static class SigningStore
{
    public static Task<int> RunAsync(
        ParseResult parsed, Func<Database, ServerKeys, Audit, Task<int>> work, CancellationToken cancellation) => StoreCommand.RunAsync(
        parsed,
        async (settings, database) =>
        {
            await MasterKeyCheck.RunAsync(database, settings, cancellation);
            var services = new ServiceCollection();
            services.AddSingleton(database);
            services.AddSingleton(TimeProvider.System);
            services.AddServerKeys(settings);
            await using var provider = services.BuildServiceProvider();
            return await work(database, provider.GetRequiredService<ServerKeys>(), new Audit(database, TimeProvider.System));
        },
        cancellation);
}
