using System.Globalization;
using System.Text;

namespace Sallyport.Runner.Working;

/// <summary>
/// <c>_diag/Worker_yyyyMMdd-HHmmss-utc.log</c>, on disk at each line: <c>[2026-11-23 06:57:13Z INFO Source] text</c>.
/// Open all through the job; past 8 MB, or the MB of WORKER_LOGSIZE, it is closed and goes on in a new one.
/// </summary>
internal sealed class WorkerLog : IDisposable
{
    private readonly Lock _lock = new();
    private readonly string _folder;
    private readonly long _most;
    private StreamWriter _file;
    private long _written;

    private WorkerLog(string folder)
    {
        _folder = folder;
        string? size = Environment.GetEnvironmentVariable("WORKER_LOGSIZE");
        _most = (int.TryParse(size, CultureInfo.InvariantCulture, out int megabytes) ? megabytes : 8) * 1024L * 1024;
        (Path, _file) = Begin(folder);
    }

    /// <summary>Of the one that is open.</summary>
    public string Path { get; private set; }

    /// <summary>Set once the job is known: what must not be readable.</summary>
    public SecretMasks? Masks { get; set; }

    public static WorkerLog Create(string folder) => new(folder);

    public void Write(string source, string text) => Write("INFO", source, text);

    public void Warn(string source, string text) => Write("WARN", source, text);

    public void Dispose() => _file.Dispose();

    private void Write(string level, string source, string text)
    {
        string stamp = TimeProvider.System.GetUtcNow().ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);
        lock (_lock)
        {
            string line = $"[{stamp}Z {level} {source}] {Masks?.Apply(text) ?? text}";
            _file.WriteLine(line);
            _written += Encoding.UTF8.GetByteCount(line);
            if (_most > 0 && _written > _most)
            {
                _file.Dispose();
                _written = 0;
                (Path, _file) = Begin(_folder);
            }
        }
    }

    private static (string Path, StreamWriter File) Begin(string folder)
    {
        DateTimeOffset second = TimeProvider.System.GetUtcNow();
        while (true)
        {
            string path = string.Create(CultureInfo.InvariantCulture,
                $"{folder}/Worker_{second:yyyyMMdd-HHmmss}-utc.log");
            if (!File.Exists(path))
            {
                FileStream file = new(path, FileMode.CreateNew, FileAccess.Write, FileShare.ReadWrite);
                return (path, new StreamWriter(file) { AutoFlush = true, NewLine = "\n" });
            }

            // Two short jobs within a second of one runner: the runner takes longer than that to begin. (It goes on in a file of that
            // second that there is; here each has its own.)
            second = second.AddSeconds(1);
        }
    }
}
