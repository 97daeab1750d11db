using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace Sallyport.Runner.Tests;

/// <summary>The tool, as a process of its own with a folder of its own; removed at the end.</summary>
public sealed class StandIn : IDisposable
{
    private const string SystemPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    private static readonly TimeSpan s_deadline = TimeSpan.FromSeconds(180);

    private Process? _process;
    private Task<string> _output = Task.FromResult("");

    public StandIn()
    {
        // Other users must get there, and the checkout may be below a folder of root's own.
        Folder = Directory.CreateTempSubdirectory("sallyport-runner-test-").FullName;
        File.SetUnixFileMode(Folder, (UnixFileMode)0b111_101_101);
    }

    /// <summary>SALLYPORT_RUNNER names a published one; else as it was built.</summary>
    public static string Program { get; } =
        Environment.GetEnvironmentVariable("SALLYPORT_RUNNER") ?? Path.Combine(AppContext.BaseDirectory, "Runner");

    public static string Samples { get; } = Path.Combine(AppContext.BaseDirectory, "Samples");

    public string Folder { get; }

    public string Root => Path.Combine(Folder, "root");

    public string Output => _output.IsCompleted ? _output.GetAwaiter().GetResult() : "";

    public int Pid => _process!.Id;

    public JsonElement Result { get; private set; }

    public int ExitCode { get; private set; }

    public JsonElement Job => Result.GetProperty("jobs")[0];

    /// <summary>The steps of the first job, by name.</summary>
    public JsonElement Step(string name) =>
        Job.GetProperty("steps").EnumerateArray().Single(step => step.GetProperty("name").GetString() == name);

    /// <summary>Runs a workflow of these lines.</summary>
    public static async Task<StandIn> RunAsync(string workflow, params IEnumerable<string> options)
    {
        StandIn run = new();
        run.Start(run.Write("repository/.github/workflows/test.yml", workflow), options);
        await run.EndAsync();
        return run;
    }

    public string Write(string path, string text)
    {
        string full = Path.Combine(Folder, path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        File.WriteAllText(full, text);
        return full;
    }

    public void Start(string workflow, IEnumerable<string> options)
    {
        ProcessStartInfo start = new(Program,
            ["--root", Root, "--workflow", workflow, "--result", Path.Combine(Folder, "result.json"), .. options])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["PATH"] = SystemPath;
        _process = Process.Start(start)!;
        _output = ReadAsync(_process);
    }

    public async Task EndAsync()
    {
        using CancellationTokenSource deadline = new(s_deadline);
        try
        {
            await _process!.WaitForExitAsync(deadline.Token);
        }
        catch (OperationCanceledException)
        {
            _process!.Kill(entireProcessTree: true);
            Assert.Fail($"the stand-in did not end within {s_deadline}:\n{await _output}");
        }

        ExitCode = _process.ExitCode;
        await _output;
        string result = Path.Combine(Folder, "result.json");
        if (File.Exists(result))
        {
            Result = JsonDocument.Parse(await File.ReadAllTextAsync(result)).RootElement;
        }
    }

    public void Dispose()
    {
        if (_process is { HasExited: false })
        {
            _process.Kill(entireProcessTree: true);
        }

        _process?.Dispose();
        Directory.Delete(Folder, recursive: true);
    }

    /// <summary>True while a process of that number is there and is no zombie.</summary>
    public static bool IsAlive(string pid)
    {
        string status = $"/proc/{int.Parse(pid, CultureInfo.InvariantCulture)}/stat";
        try
        {
            string stat = File.ReadAllText(status);
            return stat[stat.LastIndexOf(')') + 2] != 'Z';
        }
        catch (Exception e) when (e is IOException)
        {
            return false;
        }
    }

    private static async Task<string> ReadAsync(Process process)
    {
        string[] both = await Task.WhenAll(
            process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        return string.Concat(both);
    }
}
