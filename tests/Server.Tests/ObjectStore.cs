using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace Sallyport.Server.Tests;

/// <summary>
/// An S3 server of the tests' own: s3rver, started when the first test asks for it, listening on loopback, gone with the test run. npm
/// installs it from the lock file in S3/ once, beside these tests. Each test has a bucket of its own.
/// </summary>
public sealed class ObjectStore : IAsyncLifetime
{
    private const int InstallSeconds = 180;
    private const int StartSeconds = 180;
    private const int Buckets = 80;

    private readonly SemaphoreSlim gate = new(1);
    private string? folder;
    private string? missing;
    private Process? server;
    private int port;
    private int bucket;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    /// <summary>Settings of a server that keeps its recordings in a bucket; null for a kind without.</summary>
    public async Task<Dictionary<string, string?>?> SettingsAsync(StoreKind kind)
    {
        if (kind != StoreKind.PostgreSqlAndBucket)
        {
            return null;
        }

        await gate.WaitAsync(TestContext.Current.CancellationToken);
        try
        {
            if (folder is null)
            {
                folder = Directory.CreateTempSubdirectory("sallyport-s3-").FullName;
                missing = await StartAsync();
            }
        }
        finally
        {
            gate.Release();
        }

        Assert.SkipWhen(missing is not null, missing ?? "");
        var number = Interlocked.Increment(ref bucket);
        Assert.True(number <= Buckets, "more buckets are asked for than were made");
        return new()
        {
            ["bucket:serviceUrl"] = string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}"),
            ["bucket:name"] = Name(number),
            ["bucket:accessKey"] = "S3RVER",
            ["bucket:secretKey"] = "S3RVER",
        };
    }

    public ValueTask DisposeAsync()
    {
        if (server is { HasExited: false })
        {
            server.Kill();
            server.WaitForExit();
        }

        server?.Dispose();
        gate.Dispose();
        if (folder is not null)
        {
            Directory.Delete(folder, recursive: true);
        }

        return ValueTask.CompletedTask;
    }

    // Why there is none; null when it runs.
    private async Task<string?> StartAsync()
    {
        var wanted = await File.ReadAllBytesAsync(TestFile.Of("S3/package-lock.json"), TestContext.Current.CancellationToken);
        var installed = Path.Combine(AppContext.BaseDirectory, $"s3-{Convert.ToHexStringLower(SHA256.HashData(wanted))[..16]}");
        if (!Directory.Exists(installed) && await InstallAsync(installed) is { } why)
        {
            return why;
        }

        port = FreePort();
        string[] arguments =
        [
            // Tokens of a list that goes on are DES to s3rver, which OpenSSL has put aside.
            "--openssl-legacy-provider",
            Path.Combine(installed, "node_modules/s3rver/bin/s3rver.js"), "--silent", "-d", Path.Combine(folder!, "data"), "-a", "127.0.0.1",
            "-p", port.ToString(CultureInfo.InvariantCulture), "--no-vhost-buckets",
            .. Enumerable.Range(1, Buckets).SelectMany(number => new[] { "--configure-bucket", Name(number) }),
        ];
        server = Process.Start(new ProcessStartInfo("node", arguments) { WorkingDirectory = folder })!;
        var watch = Stopwatch.StartNew();
        while (!await AnswersAsync())
        {
            Assert.False(server.HasExited, "s3rver has ended");
            Assert.True(watch.Elapsed.TotalSeconds < StartSeconds, "s3rver does not answer");
            await Task.Delay(50, TestContext.Current.CancellationToken);
        }

        return null;
    }

    // Without scripts of packages: nothing here needs one.
    private static async Task<string?> InstallAsync(string target)
    {
        // It is there as a whole or not at all.
        var making = Directory.CreateDirectory($"{target}.{Guid.NewGuid():n}").FullName;
        try
        {
            foreach (var name in new[] { "package.json", "package-lock.json" })
            {
                File.Copy(TestFile.Of($"S3/{name}"), Path.Combine(making, name));
            }

            string[] arguments = ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error", "--fetch-retries=1"];
            using var npm = Process.Start(new ProcessStartInfo("npm", arguments) { WorkingDirectory = making })!;
            using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(InstallSeconds));
            try
            {
                await npm.WaitForExitAsync(deadline.Token);
            }
            catch (OperationCanceledException)
            {
                npm.Kill(entireProcessTree: true);
                return $"npm did not install the S3 server within {InstallSeconds} seconds";
            }

            if (npm.ExitCode != 0)
            {
                return $"npm could not install the S3 server: exit code {npm.ExitCode}; is a registry reachable?";
            }

            if (!Directory.Exists(target))
            {
                Directory.Move(making, target);
            }

            return null;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return "npm is not installed (eng/install-packages test)";
        }
        finally
        {
            if (Directory.Exists(making))
            {
                Directory.Delete(making, recursive: true);
            }
        }
    }

    private async Task<bool> AnswersAsync()
    {
        try
        {
            using var client = new TcpClient();
            await client.ConnectAsync(IPAddress.Loopback, port, TestContext.Current.CancellationToken);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private static string Name(int number) => string.Create(CultureInfo.InvariantCulture, $"sallyport-{number}");

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
