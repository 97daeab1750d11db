using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Npgsql;

namespace Sallyport.Server.Tests;

/// <summary>
/// A PostgreSQL of the tests' own: made by initdb in a temporary folder, listening on loopback, without fsync, gone with the
/// test run. PostgreSQL refuses to run as root: as root it runs as the package's user.
/// </summary>
public sealed class PostgresCluster : IAsyncLifetime
{
    private const int StartSeconds = 60;

    private string? folder;
    private string? programs;
    private int port;
    private int databases;

    /// <summary>Why there is none; null when it runs.</summary>
    public string? Missing { get; private set; }

    public async ValueTask InitializeAsync()
    {
        programs = Directory.Exists("/usr/lib/postgresql")
            ? Directory.GetDirectories("/usr/lib/postgresql").Select(path => Path.Combine(path, "bin")).Order().LastOrDefault()
            : null;
        if (programs is null)
        {
            Missing = "PostgreSQL is not installed (eng/install-packages test)";
            return;
        }

        folder = Directory.CreateTempSubdirectory("sallyport-postgres-").FullName;
        await RunAsync("chown", Environment.IsPrivilegedProcess ? "postgres" : Environment.UserName, folder);
        port = FreePort();
        await AsPostgresAsync("initdb", "-D", $"{folder}/data", "-U", "sallyport", "-A", "trust", "-E", "UTF8", "--no-sync", "--locale=C");
        await AsPostgresAsync(
            "pg_ctl", "-D", $"{folder}/data", "-w", "-t", $"{StartSeconds}", "-l", $"{folder}/log", "-o",
            $"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c fsync=off -c max_connections=600", "start");
    }

    /// <summary>A new, empty database.</summary>
    public async Task<string> CreateDatabaseAsync()
    {
        Assert.SkipWhen(Missing is not null, Missing ?? "");
        var name = $"test{Interlocked.Increment(ref databases)}";
        await using var source = NpgsqlDataSource.Create(ConnectionString("postgres"));
        await using var command = source.CreateCommand($"CREATE DATABASE {name}");
        await command.ExecuteNonQueryAsync();
        return ConnectionString(name);
    }

    public async ValueTask DisposeAsync()
    {
        if (folder is not null)
        {
            await AsPostgresAsync("pg_ctl", "-D", $"{folder}/data", "-m", "immediate", "-w", "stop");
            Directory.Delete(folder, recursive: true);
        }
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
