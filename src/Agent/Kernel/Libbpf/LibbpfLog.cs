using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

namespace Sallyport.Agent.Kernel;

/// <summary>
/// Keeps the last lines that libbpf printed, for the message when something fails. Bounded by <see cref="Kept"/> lines,
/// cleared when read.
/// </summary>
internal static unsafe partial class LibbpfLog
{
    private const int Kept = 12;
    private const int LineBytes = 512;
    private static readonly Queue<string> Lines = new(Kept);

    internal static void Collect() => Libbpf.libbpf_set_print(&Take);

    /// <summary>The line that says most: the verifier's last one, else libbpf's last one that gives a reason.</summary>
    internal static string Read()
    {
        var text = Lines.LastOrDefault(line => !line.StartsWith("libbpf:", StringComparison.Ordinal))
            ?? Lines.LastOrDefault(line => !line.StartsWith("libbpf: failed to load object", StringComparison.Ordinal))
            ?? Lines.LastOrDefault();
        Lines.Clear();
        return text ?? "no reason given";
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Take(int level, byte* format, void* arguments)
    {
        if (level > 0)
        {
            return 0; // information and debugging
        }

        var line = stackalloc byte[LineBytes];
        var length = vsnprintf(line, LineBytes, format, arguments);
        if (length > 0)
        {
            if (Lines.Count == Kept)
            {
                _ = Lines.Dequeue();
            }

            Lines.Enqueue(Encoding.UTF8.GetString(line, Math.Min(length, LineBytes - 1)).Trim());
        }

        return length;
    }

    [LibraryImport("libc")]
    private static partial int vsnprintf(byte* buffer, nuint size, byte* format, void* arguments);
}
