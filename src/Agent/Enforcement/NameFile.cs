using System.Text;
using Sallyport.Agent.Host;

namespace Sallyport.Agent.Enforcement;

/// <summary>A file that says what names mean, as it was when it was last looked at.</summary>
internal sealed class NameFile
{
    /// <summary>Bytes that are compared; ordinary ones have a few hundred.</summary>
    private const int MostBytes = 1 << 20;
    private const int MostNewLines = 8;

    private string text;

    internal NameFile(string path)
    {
        Path = path;
        text = Read(path);
    }

    internal string Path { get; }

    /// <summary>Pid of who wrote last; 0 for nobody.</summary>
    internal int Writer { get; set; }

    /// <summary>Where its links lead.</summary>
    internal string Target => File.ResolveLinkTarget(Path, returnFinalTarget: true)?.FullName ?? Path;

    /// <summary>Whether it says something else than before; what is new in it, a few lines.</summary>
    internal bool HasChanged(out string added)
    {
        var now = Read(Path);
        added = string.Empty;
        if (now == text)
        {
            return false;
        }

        var known = text.Split('\n').ToHashSet(StringComparer.Ordinal);
        added = string.Join("; ", now.Split('\n').Where(line => line.Length > 0 && !known.Contains(line)).Take(MostNewLines));
        text = now;
        return true;
    }

    private static string Read(string path)
    {
        try
        {
            using var file = File.OpenHandle(path);
            var bytes = new byte[MostBytes];
            return Encoding.UTF8.GetString(bytes.AsSpan(0, RandomAccess.Read(file, bytes, 0)));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return string.Empty;
        }
    }
}
