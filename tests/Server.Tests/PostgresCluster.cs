using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Dapper;
using Npgsql;
using Sallyport.Server.Store;

namespace Sallyport.Server.Tests;

/// <summary>
/// A PostgreSQL of the tests' own: made by initdb in a temporary folder, listening on loopback, without fsync, gone with the
/// test run. PostgreSQL refuses to run as root: as root it runs as the package's user.
/// </summary>
public sealed class PostgresCluster : IAsyncLifetime
{
    private const int StartSeconds = 180;

    private const string Template = "migrated";

    // All tables but the journal of the migrations.
    private const string Empty =
        """
        SET lock_timeout = '10s';
        DO $$ BEGIN
            EXECUTE (SELECT 'TRUNCATE ' || string_agg(format('%I', tablename), ', ') FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'schemaversions');
        END $$
        """;

    private readonly Lazy<Task<string?>> started;
    private readonly ConcurrentBag<string> free = [];
    private readonly SemaphoreSlim copying = new(1);
    private string? folder;
    private string? programs;
    private int port;
    private int databases;
    private bool isRunning;

    public PostgresCluster() => started = new(StartAsync);

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    /// <summary>A new, empty database.</summary>
    public Task<string> CreateDatabaseAsync() => CreateAsync("template1");

    /// <summary>A database of this version without rows: one that was given back, or a copy of one that was migrated once.</summary>
    public async Task<string> TakeMigratedAsync() => free.TryTake(out var given) ? given : await CreateAsync(Template);

    /// <summary>Takes one back that nobody uses any more: a few hundred files each are soon more to remove than tests to run.</summary>
    public async Task GiveBackAsync(string connectionString)
    {
        await using var database = new Database(DatabaseKind.PostgreSql, connectionString);
        try
        {
            await using var connection = await database.OpenAsync(CancellationToken.None);
            await connection.ExecuteAsync(Empty);
            free.Add(connectionString);
        }
        catch (PostgresException)
        {
            // Somebody is in it after all: it is left to them.
        }
    }

    /// <summary>Removes a database under the hands of who uses it.</summary>
    public Task DropAsync(string connectionString) => ExecuteAsync($"DROP DATABASE {new NpgsqlConnectionStringBuilder(connectionString).Database} WITH (FORCE)");

    public async ValueTask DisposeAsync()
    {
        if (isRunning)
        {
            await AsPostgresAsync("pg_ctl", "-D", $"{folder}/data", "-m", "immediate", "-w", "stop");
        }

        if (folder is not null)
        {
            Directory.Delete(folder, recursive: true);
        }

        copying.Dispose();
    }

    // Started when a test first asks for a database. Why there is none; null when it runs.
    private async Task<string?> StartAsync()
    {
        programs = Directory.Exists("/usr/lib/postgresql")
            ? Directory.GetDirectories("/usr/lib/postgresql").Select(path => Path.Combine(path, "bin")).Order().LastOrDefault()
            : null;
        if (programs is null)
        {
            return "PostgreSQL is not installed (eng/install-packages test)";
        }

        folder = Directory.CreateTempSubdirectory("sallyport-postgres-").FullName;
        await RunAsync("chown", Environment.IsPrivilegedProcess ? "postgres" : Environment.UserName, folder);
        port = FreePort();
        await AsPostgresAsync("initdb", "-D", $"{folder}/data", "-U", "sallyport", "-A", "trust", "-E", "UTF8", "--no-sync", "--locale=C");
        await AsPostgresAsync(
            "pg_ctl", "-D", $"{folder}/data", "-w", "-t", $"{StartSeconds}", "-l", $"{folder}/log", "-o",
            $"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c fsync=off -c max_connections=600", "start");
        isRunning = true;
        await ExecuteAsync($"CREATE DATABASE {Template}");
        // Nobody may be in it when it is copied.
        await using var database = new Database(DatabaseKind.PostgreSql, $"{ConnectionString(Template)};Pooling=false");
        await Migrator.MigrateAsync(database, CancellationToken.None);
        return null;
    }

    private async Task<string> CreateAsync(string template)
    {
        var missing = await started.Value;
        Assert.SkipWhen(missing is not null, missing ?? "");
        var name = $"test{Interlocked.Increment(ref databases)}";
        // One at a time: a database that is being copied is in use.
        await copying.WaitAsync();
        try
        {
            await ExecuteAsync($"CREATE DATABASE {name} TEMPLATE {template}");
        }
        finally
        {
            copying.Release();
        }

        return ConnectionString(name);
    }

    private async Task ExecuteAsync(string sql)
    {
        await using var source = NpgsqlDataSource.Create(ConnectionString("postgres"));
        await using var command = source.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    private string ConnectionString(string database) =>
        $"Host=127.0.0.1;Port={port};Username=sallyport;Database={database};Maximum Pool Size=40";

    private Task AsPostgresAsync(string program, params string[] arguments) => Environment.IsPrivilegedProcess
        ? RunAsync("setpriv", ["--reuid=postgres", "--regid=postgres", "--clear-groups", Path.Combine(programs!, program), .. arguments])
        : RunAsync(Path.Combine(programs!, program), arguments);

    private static async Task RunAsync(string program, params string[] arguments)
    {
        // The server that pg_ctl starts would hold a pipe open: its output goes to its log, and nobody reads ours.
        var start = new ProcessStartInfo(program, arguments) { WorkingDirectory = "/" };
        using var process = Process.Start(start) ?? throw new InvalidOperationException($"{program} does not start");
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(2 * StartSeconds));
        await process.WaitForExitAsync(deadline.Token);
        Assert.True(process.ExitCode == 0, $"{program} {string.Join(' ', arguments)}: exit code {process.ExitCode}");
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
