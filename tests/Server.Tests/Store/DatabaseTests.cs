using Dapper;
using Microsoft.Extensions.DependencyInjection;
using Sallyport.Server.Store;

namespace Sallyport.Server.Tests.Store;

public sealed class DatabaseTests(SharedServers servers) : IClassFixture<SharedServers>
{
    private const long Full = 2;

    /// <summary>What was committed survives a loss of power, which no test can make: https://sqlite.org/pragma.html#pragma_synchronous.</summary>
    [Fact]
    public async Task Every_connection_to_SQLite_waits_for_the_disk()
    {
        var database = (await servers.OfAsync(StoreKind.Sqlite)).Services.GetRequiredService<Database>();
        for (var number = 0; number < 3; number++)
        {
            await using var connection = await database.OpenAsync(TestContext.Current.CancellationToken);
            Assert.Equal(Full, await connection.ExecuteScalarAsync<long>("PRAGMA synchronous"));
        }

        // Within a transaction too, where it could not be changed any more.
        Assert.Equal(Full, await database.WriteAsync(write => write.OneAsync<long>("PRAGMA synchronous", null), TestContext.Current.CancellationToken));
    }
}
