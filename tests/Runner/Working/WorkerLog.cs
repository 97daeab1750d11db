using System.Globalization;

namespace Sallyport.Runner.Working;

/// <summary>
/// <c>_diag/Worker_yyyyMMdd-HHmmss-utc.log</c>, on disk at each line: <c>[2026-11-23 06:57:13Z INFO Source] text</c>.
/// Open all through the job.
/// </summary>
internal sealed class WorkerLog : IDisposable
{
    private readonly StreamWriter _file;
    private readonly Lock _lock = new();

    private WorkerLog(string path)
    {
        Path = path;
        _file = new StreamWriter(new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.ReadWrite))
        {
            AutoFlush = true,
            NewLine = "\n",
        };
    }

    public string Path { get; }

    /// <summary>Set once the job is known: what must not be readable.</summary>
    public SecretMasks? Masks { get; set; }

    public static WorkerLog Create(string folder)
    {
        DateTimeOffset second = TimeProvider.System.GetUtcNow();
        while (true)
        {
            string path = string.Create(CultureInfo.InvariantCulture,
                $"{folder}/Worker_{second:yyyyMMdd-HHmmss}-utc.log");
            if (!File.Exists(path))
            {
                return new WorkerLog(path);
            }

            // Two short jobs within a second of one runner: the runner takes longer than that to begin.
            second = second.AddSeconds(1);
        }
    }

    public void Write(string source, string text) => Write("INFO", source, text);

    public void Warn(string source, string text) => Write("WARN", source, text);

    public void Dispose() => _file.Dispose();

    private void Write(string level, string source, string text)
    {
        string stamp = TimeProvider.System.GetUtcNow().ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);
        lock (_lock)
        {
            _file.WriteLine($"[{stamp}Z {level} {source}] {Masks?.Apply(text) ?? text}");
        }
    }
}
