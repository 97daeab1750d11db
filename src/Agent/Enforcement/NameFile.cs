using System.Buffers;
using System.Text;
using Microsoft.Win32.SafeHandles;
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

    /// <summary>Where its links lead; itself when they lead nowhere.</summary>
    internal string Target
    {
        get
        {
            try
            {
                return File.ResolveLinkTarget(Path, returnFinalTarget: true)?.FullName ?? Path;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                return Path;
            }
        }
    }

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

    /// <summary>Never waits, whatever stands there by now: a pipe, a device.</summary>
    private static unsafe string Read(string path)
    {
        var descriptor = Interop.Libc.open(path, Native.O_CLOEXEC | Native.O_NONBLOCK, 0);
        if (descriptor < 0)
        {
            return string.Empty;
        }

        using var file = new SafeFileHandle(descriptor, ownsHandle: true);
        var bytes = ArrayPool<byte>.Shared.Rent(MostBytes);
        try
        {
            var length = 0;
            fixed (byte* start = bytes)
            {
                nint read;
                while (length < MostBytes
                    && (read = Interop.Libc.read(file, start + length, (nuint)(MostBytes - length))) > 0)
                {
                    length += (int)read;
                }
            }

            return Encoding.UTF8.GetString(bytes.AsSpan(0, length));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(bytes);
        }
    }
}
