using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Sallyport.Bench.Server;

/// <summary>The server as a process of its own, with what it uses read from the kernel.</summary>
internal sealed class MeasuredServer : IAsyncDisposable
{
    private const int StartSeconds = 60;

    private readonly Process process;

    private MeasuredServer(Process process, Uri address) => (this.process, Address) = (process, address);

    public Uri Address { get; }

    public TimeSpan ProcessorTime
    {
        get
        {
            process.Refresh();
            return process.TotalProcessorTime;
        }
    }

    /// <summary>The most memory that it ever had, in MiB.</summary>
    public double PeakMebibytes => Mebibytes("VmHWM:");

    public static async Task<MeasuredServer> StartAsync(BenchOptions options, string folder)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var address = string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}");
        listener.Stop();
        var server = new MeasuredServer(Run(options, folder, ["--set", $"listen={address}"]), new Uri(address));
        server.process.BeginOutputReadLine();
        using var client = new HttpClient { BaseAddress = server.Address };
        for (var watch = Stopwatch.StartNew(); ;)
        {
            try
            {
                using var ready = await client.GetAsync(new Uri("health/ready", UriKind.Relative));
                return server;
            }
            catch (HttpRequestException) when (!server.process.HasExited && watch.Elapsed.TotalSeconds < StartSeconds)
            {
                await Task.Delay(50);
            }
        }
    }

    /// <summary>A key, made by the server's own command.</summary>
    public static Task<string> KeyAsync(BenchOptions options, string folder, string scope) =>
        PrintedAsync(options, folder, ["api-key", "bench", "--scope", scope]);

    /// <summary>A link that signs its administrator in once.</summary>
    public static async Task<Uri> LinkAsync(BenchOptions options, string folder) => new(await PrintedAsync(options, folder, ["admin-link"]));

    private static async Task<string> PrintedAsync(BenchOptions options, string folder, string[] arguments)
    {
        using var command = Run(options, folder, arguments);
        var printed = (await command.StandardOutput.ReadToEndAsync()).Trim();
        await command.WaitForExitAsync();
        return command.ExitCode == 0 ? printed : throw new InvalidOperationException($"{arguments[0]} failed");
    }

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited)
        {
            process.Kill();
            await process.WaitForExitAsync();
        }

        process.Dispose();
    }

    private static Process Run(BenchOptions options, string folder, string[] arguments)
    {
        string[] all =
        [
            "exec", Path.Combine(AppContext.BaseDirectory, "sallyport-server.dll"), .. arguments, "--set", $"dataFolder={folder}",
            "--set", "limits:credentialJobsPerHour=1000000",
            .. options.Store is { } store ? (string[])["--set", $"connectionStrings:store={store}"] : [],
        ];
        return Process.Start(new ProcessStartInfo("dotnet", all) { WorkingDirectory = folder, RedirectStandardOutput = true })!;
    }

    private double Mebibytes(string field) =>
        double.Parse(
            File.ReadLines($"/proc/{process.Id}/status").First(line => line.StartsWith(field, StringComparison.Ordinal))
                .Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2],
            CultureInfo.InvariantCulture) / 1024;
}
